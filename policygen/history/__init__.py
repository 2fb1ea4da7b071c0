"""Evidence to the register: versions, states and who approved them, as of a date."""
