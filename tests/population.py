"""Invented contractors for benchmarks and trials, the same for the same seed.

    python -m tests.population N [SEED] [--messy] > contractors.csv

`population(n, seed)` returns n dicts with the fields of a matching Profile (plus names and phone).
`--messy` writes values the way people type them. Every person, company and number is made up
(phones use the reserved 555-01xx block where it reaches, then 555 exchanges).
"""

import csv
import random
import sys

FOCUS = [
    "controlling_lead_flow",
    "hiring_sales_leadership",
    "operational_efficiency",
    "greenfield_growth",
    "closing_higher_percentage",
    "financial_management",
    "marketing_automation",
    "customer_retention",
    "business_development",
    "installation_quality",
    "technology_adoption",
    "talent_development",
]
SERVICES = [
    "hvac",
    "plumbing",
    "roofing",
    "windows",
    "solar",
    "siding",
    "kitchens",
    "bathrooms",
    "electrical",
    "gutters",
]
TIERS = [
    ("under_500k", 0.25),
    ("500k_1m", 0.75),
    ("1m_2m", 1.5),
    ("2m_5m", 3.5),
    ("5m_10m", 7.5),
    ("11_30_million", 20.5),
    ("31_50_million", 40.5),
]
TRADES = ["Exteriors", "Home Services", "Builders", "Remodeling"]
TITLES = [
    "Owner",
    "CEO",
    "Founder & CEO",
    "President",
    "General Manager",
    "Operations Manager",
    "Project Manager",
    "Sales Director",
    "VP Business Development",
    "Marketing Director",
    "Estimator",
    None,
    None,
]
CITIES = {
    "TX": ["Houston", "Austin", "Dallas", "El Paso", "San Antonio", "Fort Worth"],
    "FL": ["Miami", "Tampa", "Orlando", "St Petersburg"],
    "AZ": ["Phoenix", "Tucson", "Mesa"],
    "MO": ["St Louis", "Kansas City"],
    "KS": ["Kansas City", "Wichita"],
    "GA": ["Atlanta", "Savannah"],
    "NC": ["Charlotte", "Raleigh"],
    "OH": ["Columbus", "Cleveland", "Cincinnati"],
    "IL": ["Chicago", "Peoria"],
    "CO": ["Denver", "Boulder"],
    "WA": ["Seattle", "Spokane"],
    "CA": ["Los Angeles", "San Diego", "Sacramento", "La Mesa"],
    "NY": ["New York", "Buffalo"],
    "NJ": ["Newark", "Trenton"],
    "PA": ["Philadelphia", "Pittsburgh"],
    "MI": ["Detroit", "Grand Rapids"],
    "MN": ["Minneapolis", "St Paul"],
    "TN": ["Nashville", "Memphis"],
    "NV": ["Las Vegas", "Reno"],
    "VA": ["Richmond", "Norfolk"],
}
FIRST = [
    "Ana",
    "Ben",
    "Carla",
    "Dev",
    "Ella",
    "Femi",
    "Grace",
    "Hugo",
    "Iris",
    "Jonas",
    "Kira",
    "Liam",
    "Mona",
    "Nils",
    "Olga",
    "Pavel",
    "Quinn",
    "Rosa",
    "Sven",
    "Tara",
    "Uma",
    "Viktor",
    "Wanda",
    "Xavi",
    "Yara",
    "Zane",
]
LAST = [
    "Abbot",
    "Bishop",
    "Castro",
    "Dunn",
    "Egan",
    "Frost",
    "Garza",
    "Hale",
    "Ibarra",
    "Jensen",
    "Kerr",
    "Lopez",
    "Moss",
    "Nash",
    "Ortiz",
    "Pike",
    "Quist",
    "Reyes",
    "Stone",
    "Tran",
    "Unger",
    "Vance",
    "Wolfe",
    "Xu",
    "Yates",
    "Zamora",
]


def population(n: int, seed: int = 0) -> list[dict]:
    """n invented contractors; about 8 % share a company, 5 % lack each optional field."""
    rnd = random.Random(seed)
    focus_weights = [rnd.gammavariate(3, 1) for _ in FOCUS]
    states = list(CITIES)
    state_weights = [rnd.gammavariate(1.5, 1) for _ in states]
    people = []
    for i in range(n):
        state = rnd.choices(states, state_weights)[0]
        tier, millions = rnd.choices(TIERS, [5, 10, 20, 25, 20, 15, 5])[0]
        focus: list[str] = []
        while len(focus) < rnd.choice([2, 3, 3, 4]):
            area = rnd.choices(FOCUS, focus_weights)[0]
            if area not in focus:
                focus.append(area)
        colleague = people[rnd.randrange(i)] if i and rnd.random() < 0.08 else None
        last = rnd.choice(LAST)

        def maybe(value, empty=None):
            return empty if rnd.random() < 0.05 else value

        people.append(
            {
                "id": i + 1,
                "first_name": rnd.choice(FIRST),
                "last_name": last,
                "email": f"p{i + 1}@example.com",
                "phone": f"+1{rnd.choice(['512', '305', '602', '404', '312'])}555{i % 10000:04d}"
                if i < 10000
                else f"+1{201 + i // 10000 % 700}555{i % 10000:04d}",
                "company_name": colleague["company_name"]
                if colleague
                else f"{last} {rnd.choice(TRADES)} {i + 1}",
                "job_title": rnd.choice(TITLES),
                "focus_areas": maybe(focus, []),
                "services_offered": maybe(rnd.sample(SERVICES, rnd.choice([1, 1, 2, 3])), []),
                "service_area": maybe(f"{rnd.choice(CITIES[state])}, {state}"),
                "revenue_tier": maybe(tier),
                "annual_revenue": None,
                "team_size": maybe(max(1, round(millions * 6 * rnd.lognormvariate(0, 0.5)))),
            }
        )
    return people


def messy(rnd: random.Random, person: dict) -> dict:
    """The same facts as people type them."""
    row = dict(person)
    digits = row["phone"][2:]
    row["phone"] = rnd.choice(
        [
            row["phone"],
            f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
            f"{digits[:3]}.{digits[3:6]}.{digits[6:]}",
            f"1-{digits[:3]}-{digits[3:6]}-{digits[6:]}",
            digits,
        ]
    )
    words = [w.replace("_", " ") for w in row["focus_areas"]]
    row["focus_areas"] = rnd.choice(
        [
            "; ".join(w.title() for w in words),
            "|".join(row["focus_areas"]),
            ", ".join(w.capitalize() for w in words),
            "[" + ", ".join(f'"{w}"' for w in row["focus_areas"]) + "]",
        ]
    )
    row["services_offered"] = rnd.choice([", ", "; "]).join(
        s.upper() if s == "hvac" else s.title() for s in row["services_offered"]
    )
    tier = row["revenue_tier"]
    alike = {
        "1m_2m": ["1M-2M", "$1M - $2M", "1-2 million"],
        "2m_5m": ["2M-5M", "$2,000,000 - $5,000,000"],
        "500k_1m": ["500K-1M"],
        "under_500k": ["Under $500k", "<500k"],
    }
    row["revenue_tier"] = rnd.choice([tier, *alike.get(tier, [tier])]) if tier else ""
    if row["service_area"] and rnd.random() < 0.2:
        row["service_area"] = (
            row["service_area"].upper()
            if rnd.random() < 0.5
            else " " + row["service_area"].lower() + " "
        )
    yes, no = ["yes", "Y", "TRUE", "1", "x", "opted in"], ["no", "N", "FALSE", "0", "", "opted out"]
    row["sms_opt_in"] = rnd.choice(yes if rnd.random() < 0.9 else no)
    row["checked_in"] = rnd.choice(yes[:5] if rnd.random() < 0.85 else no[:5])
    return {k: "" if v is None else v for k, v in row.items() if k not in ("id", "annual_revenue")}


def main() -> None:
    args = [a for a in sys.argv[1:] if a != "--messy"]
    n, seed = int(args[0]), int(args[1]) if len(args) > 1 else 0
    people = population(n, seed)
    rnd = random.Random(seed + 1)
    if "--messy" in sys.argv:
        rows = [messy(rnd, p) for p in people]
    else:
        rows = [
            {
                **p,
                "focus_areas": "|".join(p["focus_areas"]),
                "services_offered": "|".join(p["services_offered"]),
            }
            for p in people
        ]
    out = csv.DictWriter(sys.stdout, rows[0])
    out.writeheader()
    out.writerows(rows)


if __name__ == "__main__":
    main()
