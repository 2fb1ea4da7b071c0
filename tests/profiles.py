"""Whole profiles for property tests: every condition, extreme figures, stacked roles, odd names.

What `profiles` draws is valid: whatever the checks say of it beyond `TRUE_OF_A_PROFILE` is a fault
of ours.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from policygen.load.registries.registries import package_registries
from tests.organizations import loaded

if TYPE_CHECKING:
    from policygen.model.catalogue import Parameter
    from tests.organizations import Plain

REGISTRIES = package_registries()

TRUE_OF_A_PROFILE = frozenset(
    {
        "role-owner-approves",
        "parameter-not-applicable",
        "parameter-unusual",
        "parameter-unused",
    }
)
"""What may rightly be said of a profile drawn here: one person holds two roles that should be
apart, a figure is set that nothing needs."""

_LETTERS = "abdgklmnorstuvzäéøşżλждنגあ漢"
_ODD = ("&", "_", "*", "#", "<", ">", "|", "$", "\\", "`", "'", '"', "[x]", "(y)", "{z}", "+", "~")
_ROLES = tuple(name for name, role in REGISTRIES.roles.items() if not role.pseudo)
_OVERSIGHT = frozenset({"board", "outside_adviser", "ceo"})
_CLASSES = ("public", "internal", "confidential", "restricted")
_CRITERIA = ("CC6.4", "A1.2", "CC7.2", "C1.1", "PI1.4")
_DAY = "2026-03-01"
_PROMISES = tuple(name for name, row in REGISTRIES.parameters.items() if row.promise)


def names() -> st.SearchStrategy[str]:
    """A name as people and products may have it: letters of any script, and odd signs."""
    word = st.text(_LETTERS, min_size=3, max_size=9).map(
        lambda text: unicodedata.normalize("NFC", f"Zq{text}")
    )
    sign = st.sampled_from(("", "", "", *_ODD))
    return st.builds(
        lambda first, odd, last: f"{first} {odd} {last}" if odd else f"{first} {last}",
        word,
        sign,
        word,
    )


@st.composite
def profiles(draw: st.DrawFn) -> Plain:
    """A valid profile."""
    people = draw(st.lists(names(), min_size=1, max_size=4, unique=True))
    ids = [f"person-{number}" for number in range(len(people))]
    body = draw(st.sampled_from(["board", "advisory", "owner"] if len(ids) > 1 else ["owner"]))
    profile: Plain = {
        "schema_version": 1,
        "organization": _organization(draw, body),
        "people": [{"id": key, "name": name} for key, name in zip(ids, people, strict=True)],
        "tsc": {
            name: draw(st.booleans())
            for name in ("availability", "confidentiality", "processing_integrity", "privacy")
        },
        "practices": _flags(
            draw,
            "develops_software uses_open_source uses_ai_tools msp_customer_access moves_money "
            "operates_data_center physical_media bug_bounty filters_mail marks_outside_mail "
            "authenticates_mail blocks_outside_macros confirms_bank_details",
        ),
        "regulatory": _flags(draw, "gdpr uk_gdpr ccpa hipaa pci_dss glba nydfs sox_relevant"),
        "terms": draw(
            st.dictionaries(st.sampled_from(list(REGISTRIES.terms)), names(), max_size=3)
        ),
        "contacts": _contacts(draw),
    }
    profile["data"] = _data(draw, profile["regulatory"])
    if profile["tsc"]["privacy"] and profile["data"]["personal_data"].get("role") == "processor":
        profile["audit"] = {
            "privacy_for_others": {
                "reason": draw(names()),
                "auditor_agreed_by": draw(names()),
                "auditor_agreed_on": _DAY,
            }
        }
    profile["workforce"] = _workforce(draw)
    profile["locations"] = _locations(draw, profile["workforce"]["remote_work"])
    if profile["practices"]["operates_data_center"]:
        profile["locations"].append({"id": "own", "kind": "data_center", "name": draw(names())})
    profile["roles"] = _roles(draw, ids, body, profile)
    profile["vendors"] = _vendors(draw)
    profile["systems"] = _systems(draw, profile["vendors"])
    profile["system_description"] = _description(draw, profile)
    profile["hosting"] = {"models": draw(st.lists(st.sampled_from(["cloud", "colo"]), unique=True))}
    _answer_promises(draw, profile)
    _set_parameters(draw, profile)
    return profile


def values_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Values that a parameter may have, its extremes first."""
    low, high = parameter.minimum, parameter.maximum
    match parameter.type:
        case "bool":
            return st.booleans()
        case "enum":
            return st.sampled_from(parameter.choices)
        case "int" | "number" | "money":
            first, last = int(low or 0), int(high or 1_000_000)
            first = first if first >= (low or 0) else first + 1
            ends = st.sampled_from(sorted({first, min(first + 1, last), last}))
            words = st.sampled_from(parameter.alternatives) if parameter.alternatives else ends
            return ends | st.integers(first, last) | words
        case "range":
            figures = st.integers(int(low or 0), int(high or 0))
            return st.lists(figures, min_size=2, max_size=2, unique=True).map(sorted)
        case "list[int]":
            figures = st.integers(int(low or 0), int(high or 0))
            listed = st.lists(figures, min_size=1, max_size=3, unique=True)
            return listed.map(lambda row: sorted(row, reverse=True))
        case "table" if isinstance(parameter.default, dict) and parameter.maximum is not None:
            figures = st.integers(int(low or 0), int(high or 0))
            rows = list(parameter.default)
            listed = st.lists(figures, min_size=len(rows), max_size=len(rows)).map(sorted)
            return listed.map(lambda row: dict(zip(rows, row, strict=True)))
        case "list" if parameter.holds == "roles":
            roles = st.sampled_from(("line_manager", "system_owner", *_ROLES[2:]))
            return st.lists(roles, min_size=1, max_size=3, unique=True)
        case _:
            return st.just(parameter.default)


def _organization(draw: st.DrawFn, body: str) -> Plain:
    return {
        "legal_name": draw(names()),
        "short_name": draw(names()),
        "headcount": draw(st.sampled_from([1, 2, 3, 4, 15, 16, 1_000_000])),
        "archetype": draw(
            st.sampled_from(
                ["saas", "data_center", "msp", "mssp", "payments", "hr_payroll", "other"]
            )
        ),
        "public_company": draw(st.booleans()),
        "governing_body": {"kind": body},
        "time_zone": "Pacific/Kiritimati",
    }


def _flags(draw: st.DrawFn, listed: str) -> dict[str, bool]:
    return {name: draw(st.booleans()) for name in listed.split()}


def _contacts(draw: st.DrawFn) -> Plain:
    known = {
        "incident_channel": "the desk at the door",
        "security_email": "security@zq.example",
        "privacy_email": "privacy@zq.example",
        "ethics_line": "a letter box",
        "status_url": "https://status.zq.example",
        "trust_url": "https://zq.example/trust",
    }
    return {name: value for name, value in known.items() if draw(st.booleans())}


def _data(draw: st.DrawFn, laws: dict[str, bool]) -> Plain:
    processed = draw(st.booleans())
    handling = ("at_rest", "in_transit", "sharing", "disposal", "retention")
    classes = [
        {
            "id": name,
            "label": name.title(),
            "examples": f"things that are {name}",
            "owner_role": draw(st.sampled_from(_ROLES[2:])),
            **dict.fromkeys(handling, "as its owner says"),
        }
        for name in _CLASSES
    ]
    return {
        "classes": classes if draw(st.booleans()) else [],
        "customer_content": draw(st.booleans()),
        "financial_data": draw(st.booleans()),
        "personal_data": {
            "processed": processed,
            **(
                {"role": draw(st.sampled_from(["controller", "processor", "both"]))}
                if processed
                else {}
            ),
            "subjects": draw(st.lists(names(), max_size=3)) if processed else [],
            "sensitive": processed and draw(st.booleans()),
            "children": processed and draw(st.booleans()),
        },
        "card_data": {"stored": laws["pci_dss"] and draw(st.booleans())},
        "health_data": {"phi": laws["hipaa"] and draw(st.booleans())},
    }


def _workforce(draw: st.DrawFn) -> Plain:
    return {
        "remote_work": draw(st.sampled_from(["none", "hybrid", "full"])),
        "countries": draw(
            st.lists(st.sampled_from(["US", "DE", "JP", "BR"]), max_size=3, unique=True)
        ),
        **_flags(draw, "uses_contractors outsourced_dev unionised"),
    }


def _locations(draw: st.DrawFn, remote: str) -> list[Plain]:
    kinds = ["data_center", "cage", "warehouse", "home_only"]
    chosen = draw(
        st.lists(st.sampled_from([*kinds, *(["office"] if remote != "full" else [])]), max_size=3)
    )
    return [
        {
            "id": f"place-{number}",
            "kind": kind,
            "name": draw(names()),
            "cctv": kind != "home_only" and draw(st.booleans()),
        }
        for number, kind in enumerate(chosen)
    ]


def _roles(draw: st.DrawFn, ids: list[str], body: str, profile: Plain) -> Plain:
    """The first person leads; the others and the leader hold the rest, often several roles each."""
    roles: Plain = {"ceo": {"person": ids[0], "from": _DAY}}
    if body == "board":
        roles["board"] = {"person": ids[1], "from": _DAY}
    elif len(ids) > 1 and draw(st.booleans()):
        roles["outside_adviser"] = {"person": ids[1], "from": _DAY}
    for role in _ROLES:
        if role not in _OVERSIGHT and draw(st.booleans()):
            roles[role] = {"person": draw(st.sampled_from(ids)), "from": _DAY}
    laws = profile["regulatory"]
    if laws["gdpr"] or laws["uk_gdpr"] or profile["tsc"]["privacy"]:
        roles["privacy_officer"] = {"person": ids[-1], "from": _DAY}
    for holding in roles.values():
        if draw(st.integers(0, 4)) == 0:
            holding["title"] = draw(names())
    return roles


def _systems(draw: st.DrawFn, vendors: list[Plain]) -> list[Plain]:
    every = list(REGISTRIES.system_kinds)
    chosen = every if draw(st.booleans()) else draw(st.lists(st.sampled_from(every), max_size=8))
    return [
        {
            "id": f"system-{number}",
            "kind": kind,
            "name": draw(names()),
            "owner_role": draw(st.sampled_from(_ROLES[2:])),
            "vendor_ref": draw(st.sampled_from([None, *(vendor["id"] for vendor in vendors)])),
            **_flags(draw, "in_scope sso mfa"),
        }
        for number, kind in enumerate(chosen)
    ]


def _vendors(draw: st.DrawFn) -> list[Plain]:
    return [
        {
            "id": f"vendor-{number}",
            "name": f"{draw(names())} {number}",
            "tier": "critical",
            "service": "Things that are needed",
            "owner_role": draw(st.sampled_from(_ROLES[2:])),
            "personal_data": draw(st.booleans()),
            "dpa": True,
            "access": draw(st.booleans()),
            "subservice": draw(st.booleans()),
        }
        for number in range(draw(st.sampled_from([0, 1, 3])))
    ]


def _description(draw: st.DrawFn, profile: Plain) -> Plain:
    own = profile["practices"]["operates_data_center"]
    criteria = st.sampled_from([name for name in _CRITERIA if not (own and name == "CC6.4")])
    relied_on = [
        {
            "name": vendor["name"],
            "service": vendor["service"],
            "method": "carve_out",
            "report": "soc2_type2",
            "report_period_end": _DAY,
            "reviewed_on": _DAY,
            "criteria_relied_on": draw(st.lists(criteria, min_size=1, unique=True)),
            "csocs": ["Doors are locked."],
        }
        for vendor in profile["vendors"]
        if vendor["subservice"]
    ]
    cuecs = [{"id": "CUEC-01", "text": "Customers keep keys safe.", "criteria": ["CC6.1"]}]
    return {
        "subservice_organizations": relied_on,
        "cuecs": cuecs if draw(st.booleans()) else [],
    }


def _answer_promises(draw: st.DrawFn, profile: Plain) -> None:
    """Promises to customers, each kept only where everything else still fits."""
    chosen = draw(st.lists(st.sampled_from(_PROMISES), max_size=5, unique=True))
    service: Plain = {"id": "service", "name": draw(names()), "description": "It serves."}
    sells = bool(chosen) or draw(st.booleans())
    profile["services"] = [service] if sells else []
    service["commitments"] = []
    for name in chosen:
        commitment = {
            "id": name.replace("_", "-"),
            "text": "It is promised.",
            "source": "MSA",
            "clause": "4.1",
            "parameter": name,
            "value": draw(values_of(REGISTRIES.parameters[name])),
        }
        service["commitments"].append(commitment)
        if not _fits(profile):
            service["commitments"].remove(commitment)


def _set_parameters(draw: st.DrawFn, profile: Plain) -> None:
    """Figures of the organization's own, each kept only where everything else still fits."""
    free = [name for name in REGISTRIES.parameters if name not in _PROMISES]
    profile["parameters"] = {}
    for name in draw(st.lists(st.sampled_from(free), max_size=25, unique=True)):
        profile["parameters"][name] = draw(values_of(REGISTRIES.parameters[name]))
        if not _fits(profile):
            del profile["parameters"][name]


def _fits(profile: Plain) -> bool:
    _, problems = loaded(profile)
    return all(problem.code in TRUE_OF_A_PROFILE for problem in problems)
