"""Scripts and languages: folding, stems, detection, translations."""
