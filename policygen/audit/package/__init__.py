"""The auditor package made: manifest, first page, method and archive."""
