"""`python -m assistant` and the `lotse` command."""

from assistant.cli import main

if __name__ == "__main__":
    main()
