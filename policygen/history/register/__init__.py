"""The register: versions, states and spans in force that follow from judged consents."""
