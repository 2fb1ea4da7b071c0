"""Conditions: when a document, a statement, a parameter or a floor applies."""
