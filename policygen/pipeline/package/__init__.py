"""The auditor package: what was examined, its contents, its papers, its verification."""
