"""What others ask for in forms of their own: OSCAL, imports, insurers, request lists."""
