"""Text in force to PDFs, a site and a matrix."""
