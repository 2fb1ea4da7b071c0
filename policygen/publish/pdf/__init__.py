"""PDFs: from a text of record to the same typeset bytes everywhere."""
