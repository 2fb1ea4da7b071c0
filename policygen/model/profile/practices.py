"""What the organization does, where text depends on it."""

from __future__ import annotations

from pydantic import Field

from policygen.model.profile.base import Flag, Part


class Practices(Part):
    """What the organization does, where text depends on it."""

    develops_software: Flag = Field(default=False, description="Writes code that it runs.")
    uses_open_source: Flag = Field(default=False, description="Builds on open-source parts.")
    uses_ai_tools: Flag = Field(default=False, description="Uses AI at work or in products.")
    msp_customer_access: Flag = Field(
        default=False, description="Works inside customers' own systems."
    )
    moves_money: Flag = Field(default=False, description="Moves other people's money.")
    operates_data_center: Flag = Field(default=False, description="Runs a data center itself.")
    physical_media: Flag = Field(default=False, description="Data leave on paper or disks.")
    bug_bounty: Flag = Field(default=False, description="Pays for reported vulnerabilities.")
    filters_mail: Flag = Field(
        default=False, description="Filters mail from outside for malware and phishing."
    )
    marks_outside_mail: Flag = Field(default=False, description="Marks mail from outside as such.")
    authenticates_mail: Flag = Field(
        default=False, description="Publishes SPF, DKIM and a DMARC policy of quarantine or reject."
    )
    blocks_outside_macros: Flag = Field(
        default=False, description="Blocks macros in files from the internet and from mail."
    )
    confirms_bank_details: Flag = Field(
        default=False, description="Calls back before paying to a changed bank account."
    )
