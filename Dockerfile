# Lotse in a slim image: web, API, widget and, with a token, Telegram.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/lotse && /opt/lotse/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY assistant assistant
COPY knowledge knowledge
COPY locales locales
RUN /opt/lotse/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /home/lotse lotse \
    && mkdir -p /home/lotse/var && chown lotse:lotse /home/lotse/var
COPY --from=build /opt/lotse /opt/lotse
USER lotse
WORKDIR /home/lotse
ENV LOTSE_HOST=0.0.0.0 LOTSE_PORT=8080
VOLUME /home/lotse/var
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s CMD ["/opt/lotse/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["/opt/lotse/bin/lotse"]
CMD ["serve"]
