"""What an auditor receives, and how anyone checks it."""
