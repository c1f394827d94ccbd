"""Each kind of finding: the least change of a program in order that yields exactly it, with its words and remedy."""

import pytest

from programs import Severity, check_program
from programs.checks.sentences import SENTENCES
from programs.places import WHOLE

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

ORGANIZATION = {"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}
SELF = {"id": "self", "name": "个人自荐", "clause": "二", "kind": "self"}
REFUSED = SELF | {"accepted": False}
CATEGORIES = [{"id": name, "name": f"{name}类", "clause": "一"} for name in ("a", "b")]
HEAD = {"id": "head", "name": "负责人", "clause": "一"}
SEATS = {"id": "craftsman", "award": "某市工匠", "clause": "一", "count": 10}
SILVER = {"id": "silver", "award": "提名奖", "clause": "一", "count": 5}
DISTRICTS = {"id": "district", "name": "区县", "clause": "二"}
QUOTA = {"id": "each", "name": "限额", "clause": "二", "per": "nominator", "tier": "city", "limit": 2}
UNIT = {"id": "unit", "name": "单位", "office": "所在单位", "clause": "二"}
CITY = {"id": "city", "name": "受理", "office": "某市人社局", "clause": "二"}
CLOSES = {"deadline": {"phrase": "2026年4月15日", "clause": "二"}}
TRACKS = [{"id": name, "name": name, "clause": "三", "weight_percent": 40} for name in ("paper", "site")]
SHOWS = {"id": "term", "name": "聘期", "kind": "tenure", "clause": "五"}
SWEPT = SHOWS | {"years": 3, "assessed_every_years": 1, "rectification": {"days": 30}, "unrectified": "sweep"}


def rule(kind, **fields):
    return {"id": fields.pop("id", "one"), "name": fields.pop("name", "条件"), "clause": "二", "kind": kind, **fields}


def material(**fields):
    return {"id": "deeds", "name": "事迹", "clause": "四", **fields}


def benefit(**fields):
    return {"id": "money", "name": "津贴", "clause": "五", "kind": "money", **fields}


def ruling(**fields):
    return {"id": "open", "question": "几天？", "clause": "三", "basis": "未定", "otherwise": "日期改变", **fields}


def panel(size, **fields):
    return {"review": {"panel": {"clause": "三", "size": size, **fields}}}


def ballot(stage="decision", **fields):
    return {
        stage: {"ballot": {"clause": "四", "secret": True, "threshold": {"more_than": "1/2"}, "of": "cast", **fields}}
    }


def scored(at_least, **fields):
    track = {"id": "paper", "name": "评审", "clause": "三", "criteria": [{"id": "work", "name": "业绩"}]}
    own = panel(5, **fields)["review"]
    return {"review": {**own, "tracks": [{**track, "scoring": {"at_least": at_least}}]}}


def of_panel(field, size, *categories):
    return {"id": field, "name": f"{field}专业", "size": size, "categories": list(categories)}


def annex(**column):
    columns = [{"id": "name", "name": "姓名"}, {"id": "year", "name": "年度", **column}]
    return {"id": "team", "name": "团队名单", "clause": "附件", "rows": "others", "columns": columns}


def tiers(*several):
    return {"recommendation": {"tiers": list(several)}}


TWO, THREE = rule("attestation", id="two", name="另一"), rule("attestation", id="three")
LIFT = rule("exemption", id="lift", lifts="two", granted_by=["大师"])

#: By the code of what is found: what is changed (stages apart), where it is found, what fills its sentence.
FINDINGS = {
    # Seats and ways
    "no_seats": [({"routes": [ORGANIZATION, SELF], "seats": [SEATS | {"routes": ["organization"]}]}, "seats", E)],
    "no_recommendation": [
        ({"routes": [ORGANIZATION, SELF], "stages": {"recommendation": {"routes": ["organization"]}}}, "stages", E)
    ],
    "no_tier": [
        (
            {"routes": [ORGANIZATION, SELF], "stages": tiers(CITY | CLOSES | {"routes": ["organization"]})},
            "stages.recommendation.tiers",
            E,
        )
    ],
    "intake_never_ends": [({"stages": tiers(UNIT, CITY)}, "stages.recommendation.tiers.city", W)],
    "seats_in_vain": [
        (
            {"routes": [ORGANIZATION, REFUSED], "seats": [SEATS, SILVER | {"routes": ["self"]}]},
            "seats.silver",
            W,
        )
    ],
    "weights_not_whole": [({"stages": {"review": {"tracks": TRACKS}}}, "stages.review.tracks", E)],
    "cut_below_seats": [
        ({"stages": {"screening": {"keep": 9}}}, "stages.screening.keep", E),
        ({"stages": {"review": {"keep": 9}}}, "stages.review.keep", E),
        ({"seats": [SEATS, SILVER], "stages": {"review": {"keep": 10}}}, "stages.review.keep", W),
    ],
    "cut_above_cut": [
        ({"stages": {"screening": {"keep": 20}, "review": {"keep": 30}}}, "stages.review.keep", W),
        (
            {
                "stages": {
                    "screening": {"keep": 20, "routes": ["organization"]},
                    "review": {"keep": 30, "routes": ["organization"]},
                }
            },
            "stages.review.keep",
            W,
        ),
    ],
    "cut_above_quotas": [
        (
            {
                "nominators": [DISTRICTS | {"count": 6}],
                "quotas": [QUOTA],
                "stages": {"screening": {"keep": 13}, "review": {"keep": 11}},
            },
            "stages.screening.keep",
            W,
        )
    ],
    "lesser_without_seats": [
        (
            {
                "categories": CATEGORIES,
                "seats": [SEATS, SILVER | {"categories": ["b"]}],
                "stages": {"review": {"keep": 10, "lesser": "silver", "categories": ["a"]}},
            },
            "stages.review.lesser",
            E,
        )
    ],
    "lesser_is_highest": [
        (
            {"seats": [SEATS, SILVER], "stages": {"review": {"keep": 10, "lesser": "craftsman"}}},
            "stages.review.lesser",
            W,
        )
    ],
    "lesser_without_cut": [
        ({"seats": [SEATS, SILVER], "stages": {"review": {"lesser": "silver"}}}, "stages.review.lesser", W)
    ],
    "quotas_below_seats": [
        ({"nominators": [DISTRICTS | {"count": 4}], "quotas": [QUOTA]}, "quotas", E),
        (
            {
                "categories": CATEGORIES,
                "nominators": [DISTRICTS | {"count": 3}],
                "seats": [
                    SEATS | {"id": "of-a", "categories": ["a"], "count": 4},
                    SEATS | {"id": "of-b", "categories": ["b"], "count": 1},
                ],
                "quotas": [QUOTA, QUOTA | {"id": "of-a", "categories": ["a"], "limit": 1}],
            },
            "categories.a",
            E,
        ),
    ],
    "quota_in_vain": [
        ({"routes": [ORGANIZATION, REFUSED], "quotas": [QUOTA | {"routes": ["self"]}]}, "quotas.each.tier", E)
    ],
    "quota_at_first_tier": [({"quotas": [QUOTA | {"tier": "unit"}]}, "quotas.each.tier", W)],
    "quota_misses_some": [
        (
            {
                "categories": CATEGORIES,
                "quotas": [QUOTA],
                "stages": tiers(
                    UNIT, CITY | CLOSES | {"categories": ["a"]}, CITY | CLOSES | {"id": "other", "categories": ["b"]}
                ),
            },
            "quotas.each.tier",
            W,
        )
    ],
    "quota_of_attributed": [
        (
            {
                "nominators": [
                    DISTRICTS,
                    {"id": "central", "name": "央企", "clause": "二", "attributed_to": "district"},
                ],
                "quotas": [QUOTA | {"nominator_kind": "central"}],
            },
            "quotas.each",
            W,
        )
    ],
    "quota_branches": [({"quotas": [QUOTA | {"branches_apart": True}]}, "quotas.each.branches_apart", W)],
    "attributed_in_a_circle": [
        ({"nominators": [DISTRICTS | {"attributed_to": "district"}]}, "nominators.district.attributed_to", E)
    ],
    # Stages
    "stage_unreachable": [
        ({"routes": [ORGANIZATION, REFUSED], "stages": {"review": {"routes": ["self"]}}}, "stages.review", E),
        ({"traits": [HEAD], "stages": {"review": {"traits": ["head"], "except_traits": ["head"]}}}, "stages.review", E),
    ],
    "tier_unreachable": [
        (
            {
                "routes": [ORGANIZATION, REFUSED],
                "stages": tiers(UNIT, UNIT | {"id": "self", "routes": ["self"]}, CITY | CLOSES),
            },
            "stages.recommendation.tiers.self",
            E,
        )
    ],
    "recommendation_after_decision": [
        (
            {"stages": {"publicity": {"kind": "recommendation", "period": ..., "tiers": [CITY | CLOSES]}}},
            "stages.publicity",
            E,
        )
    ],
    "screening_after_decision": [
        ({"stages": {"publicity": {"kind": "screening", "period": ...}}}, "stages.publicity", W)
    ],
    "issuance_unfounded": [({"stages": {"decision": None}}, "stages.issuance", E)],
    "nobody_chooses": [({"stages": {"decision": None, "issuance": None}}, "stages", E)],
    "no_issuance": [({"stages": {"issuance": None}}, "stages", W)],
    "rules_never_asked": [({"rules": [TWO], "stages": {"screening": None}}, "rules", W)],
    "second_decision": [({"stages": {"review": {"kind": "decision"}}}, "stages.decision", N)],
    "nothing_confirmed": [({"stages": {"decision": {"confirms": True}}}, "stages.decision.confirms", E)],
    "no_period": [({"stages": {"publicity": {"period": None}}}, "stages.publicity.period", E)],
    "publicity_after_issuance": [
        (
            {
                "stages": {
                    "publicity": {"kind": "issuance", "issuers": ["局"], "period": ...},
                    "issuance": {"kind": "publicity", "issuers": ..., "period": {"days": 5}},
                }
            },
            "stages.issuance",
            W,
        )
    ],
    "tenure_before_issuance": [({"stages": {"review": {"kind": "tenure"}}}, "stages.review", E)],
    "vote_missing": [({"stages": {"review": {"vote_percent": 30}}}, "stages.review.vote_percent", E)],
    "vote_in_vain": [({"stages": {"screening": {"kind": "vote"}}}, "stages.screening", W)],
    "one_platform": [
        (
            {"stages": {"review": {"kind": "vote", "platforms": ["报社"], "counting": "equal-platforms"}}},
            "stages.review.platforms",
            W,
        )
    ],
    "objections_too_short": [
        ({"stages": {"publicity": {"objections": {"days": 3}}}}, "stages.publicity.objections", W)
    ],
    "assessed_too_late": [
        ({"after": [SHOWS | {"years": 3, "assessed_every_years": 4}]}, "stages.term.assessed_every_years", W),
        ({"after": [SHOWS | {"years": 3, "reported_every_years": 4}]}, "stages.term.reported_every_years", W),
    ],
    "swept_ground_unsaid": [
        ({"after": [SWEPT]}, "stages.term.unrectified_ground", W),
        ({"after": [SWEPT | {"revocation_grounds": ["违法违纪", "考核不合格"]}]}, "stages.term.unrectified_ground", W),
    ],
    "grades_in_vain": [({"after": [SHOWS | {"years": 3, "grades": ["合格"]}]}, "stages.term.grades", W)],
    "doubled_part": [
        ({"materials": [material(forms=[{"id": "one", "name": name} for name in "ab"])]}, "materials.deeds.forms.1", E),
    ],
    "field_evaluates_nobody": [
        (
            {
                "categories": CATEGORIES,
                "stages": {
                    "review": {
                        "categories": ["a"],
                        "panel": {"clause": "三", "size": 3, "fields": [of_panel("x", 1, "a"), of_panel("y", 2, "b")]},
                    }
                },
            },
            "stages.review.panel.fields.y.categories",
            E,
        )
    ],
    "opinions_even": [({"stages": panel(3, per_nominee=2)}, "stages.review.panel.per_nominee", W)],
    "evaluators_missing": [
        ({"stages": scored(4, per_nominee=3)}, "stages.review.tracks.paper.scoring.at_least", E),
        ({"stages": scored(6)}, "stages.review.tracks.paper.scoring.at_least", E),
    ],
    "evaluators_beyond": [({"stages": scored(1, per_nominee=3)}, "stages.review.tracks.paper.scoring.at_least", W)],
    "ballot_panel_missing": [({"stages": ballot(panel="review")}, "stages.decision.ballot.panel", E)],
    "ballot_ranking_missing": [
        ({"stages": ballot(ties="ranking", ranking="publicity")}, "stages.decision.ballot.ranking", E)
    ],
    "ballot_grades_in_vain": [
        (
            {"stages": ballot("review", grades=[{"grade": "craftsman", "threshold": {"at_least": "2/3"}}])},
            "stages.review.ballot.grades",
            W,
        )
    ],
    "quorum_above_panel": [
        (
            {"stages": panel(3) | ballot(panel="review", quorum={"count": 4})},
            "stages.decision.ballot.quorum",
            E,
        )
    ],
    "picks_above_places": [({"stages": ballot(picks=11)}, "stages.decision.ballot.picks", W)],
    "experts_too_few": [
        (
            {
                "categories": CATEGORIES,
                "stages": panel(5, per_nominee=3, fields=[of_panel("x", 3, "a"), of_panel("y", 2, "b")]),
            },
            "stages.review.panel.size",
            E,
        ),
        (
            {"categories": CATEGORIES, "stages": panel(3, assigned=False, fields=[of_panel("x", 3, "a")])},
            "stages.review.panel.size",
            E,
        ),
    ],
    "reminder_impossible": [
        ({"reminders": [3, -1]}, "reminders", E),
        ({"reminders": [251, 250, 0]}, "reminders", E),
    ],
    "closes_without_authority": [
        (
            {"stages": tiers(UNIT, CITY | {"deadline": {**CLOSES["deadline"], "closes": "2026-04-16T00:00:00+08:00"}})},
            "stages.recommendation.tiers.city.deadline.closes",
            W,
        )
    ],
    "day_off_doubled": [
        (
            {"local_days_off": [{"day": "2026-04-20", "name": "三月三", "authority": "某文"}] * 2},
            "local_days_off.1",
            W,
        )
    ],
    # Rules
    "no_bounds": [
        ({"rules": [rule("quantity", of="team-size")]}, "rules.one", E),
        ({"rules": [rule("age")]}, "rules.one", E),
        ({"traits": [HEAD], "rules": [rule("ratio", of="head")]}, "rules.one", E),
    ],
    "bounds_impossible": [
        ({"rules": [rule("quantity", of="team-size", at_least=15, at_most=3)]}, "rules.one.at_least", E),
        ({"rules": [rule("age", at_least=50, men=45)]}, "rules.one.at_least", E),
        ({"rules": [rule("age", at_least=50, men=55, women=45)]}, "rules.one.at_least", E),
        ({"rules": [rule("age", born_from="1990-01-01", born_until="1980-01-01")]}, "rules.one.born_from", E),
        (
            {"traits": [HEAD], "rules": [rule("ratio", of="head", at_least_percent=30, at_most_percent=20)]},
            "rules.one.at_least_percent",
            E,
        ),
        (
            {"materials": [material(at_least_characters=2000, at_most_characters=1500)]},
            "materials.deeds.at_least_characters",
            E,
        ),
        (
            {
                "materials": [
                    material(forms=[{"id": "film", "name": "视频", "at_least_minutes": 9, "at_most_minutes": 5}])
                ]
            },
            "materials.deeds.forms.film.at_least_minutes",
            E,
        ),
        (
            {"materials": [material(forms=[{"id": "pic", "name": "照片", "at_least_pieces": 9, "at_most_pieces": 5}])]},
            "materials.deeds.forms.pic.at_least_pieces",
            E,
        ),
    ],
    "as_of_unknown": [({"rules": [rule("age", men=57, as_of="recommendation.ctiy")]}, "rules.one.as_of", E)],
    "as_of_too_late": [({"rules": [rule("age", men=57, as_of="publicity.period")]}, "rules.one.as_of", W)],
    "age_of_no_person": [({"nominee": "unit", "rules": [rule("age", men=57)]}, "rules.one", W)],
    "level_unknown": [({"rules": [rule("level", vocabulary="skill", at_least="高极技师")]}, "rules.one.at_least", E)],
    "place_below_first": [({"rules": [rule("competition-rank", places={"省级": 0})]}, "rules.one.places", E)],
    "need_too_many": [({"rules": [rule("combination", of=["two", "three"], need=3), TWO, THREE]}, "rules.one.need", E)],
    "need_too_many_here": [
        (
            {
                "categories": CATEGORIES,
                "rules": [rule("combination", of=["two", "three"], need=2), TWO, THREE | {"categories": ["a"]}],
            },
            "rules.one.need",
            E,
        )
    ],
    "combination_empty": [
        (
            {
                "categories": CATEGORIES,
                "rules": [
                    rule("combination", of=["two", "three"], need=1),
                    TWO | {"categories": ["a"]},
                    THREE | {"categories": ["a"]},
                ],
            },
            "rules.one.of",
            W,
        )
    ],
    "member_doubled": [({"rules": [rule("combination", of=["two", "two"], need=1), TWO]}, "rules.one.of", E)],
    "exemption_in_combination": [({"rules": [rule("combination", of=["two", "lift"]), TWO, LIFT]}, "rules.one.of", E)],
    "not_judged_in_combination": [
        ({"rules": [rule("combination", of=["two", "three"]), TWO, rule("preference", id="three")]}, "rules.one.of", E)
    ],
    "combination_in_a_circle": [
        ({"rules": [rule("combination", of=["one", "two"]), TWO]}, "rules.one.of", E),
    ],
    "lifts_nothing": [
        ({"rules": [LIFT, rule("preference", id="two")]}, "rules.lift.lifts", E),
        (
            {"categories": CATEGORIES, "rules": [LIFT | {"categories": ["a"]}, TWO | {"categories": ["b"]}]},
            "rules.lift.lifts",
            E,
        ),
    ],
    "judges_by_what_is_free": [
        ({"rules": [rule("age", men=57, women=47)], "ungated": {"facts": ["sex"], "clause": "四"}}, "rules.one", E),
        (
            {
                "rules": [rule("quantity", of="working-years", at_least=2)],
                "ungated": {"facts": ["seniority"], "clause": "四"},
            },
            "rules.one",
            E,
        ),
        (
            {
                "rules": [rule("level", vocabulary="education", at_least="本科")],
                "ungated": {"facts": ["education"], "clause": "四"},
            },
            "rules.one",
            E,
        ),
    ],
    "rules_contradict": [
        ({"rules": [rule("age", at_least=50), rule("age", id="two", men=45)]}, "rules.one", E),
        (
            {
                "rules": [
                    rule("quantity", of="team-size", at_most=3),
                    rule("quantity", id="two", of="team-size", at_least=5),
                ]
            },
            "rules.two",
            E,
        ),
        (
            {
                "rules": [
                    rule("combination", of=["two", "three"]),
                    rule("quantity", id="two", of="patents", at_least=9),
                    rule("quantity", id="three", of="patents", at_most=2),
                ]
            },
            "rules.two",
            E,
        ),
        (
            {
                "traits": [HEAD],
                "rules": [
                    rule("ratio", of="head", at_least_percent=30),
                    rule("ratio", id="two", of="head", at_most_percent=20),
                ],
            },
            "rules.one",
            E,
        ),
    ],
    "history_contradicts": [
        (
            {
                "rules": [
                    rule("history", requires="past-winner", of=["技术能手"]),
                    rule("history", id="two", bars="past-winner", of=["技术能手", "劳模"]),
                ]
            },
            "rules.one",
            E,
        )
    ],
    "count_unasked": [
        ({"annexes": [annex(counts="trainees")]}, "annexes.team.columns.year.counts", E),
        (
            {"annexes": [annex(counts="trainee")], "rules": [rule("quantity", of="trainees", at_least=5)]},
            "annexes.team.columns.year.counts",
            E,
        ),
    ],
    "rule_in_vain": [({"routes": [ORGANIZATION, REFUSED], "rules": [TWO | {"routes": ["self"]}]}, "rules.two", W)],
    # The rest
    "material_in_vain": [
        ({"routes": [ORGANIZATION, REFUSED], "materials": [material(routes=["self"])]}, "materials.deeds", W)
    ],
    "not_on_paper": [
        ({"materials": [material(media=["electronic"], marks=["seal"])]}, "materials.deeds.marks", W),
        ({"materials": [material(media=["electronic"], sheet="A4")]}, "materials.deeds.sheet", W),
        ({"materials": [material(media=["electronic"], duplex=True)]}, "materials.deeds.duplex", W),
    ],
    "not_electronic": [({"materials": [material(media=["paper"], formats=["JPEG"])]}, "materials.deeds.formats", W)],
    "archive_in_vain": [
        (
            {"materials": [material(media=["paper"])], "archive": {"clause": "四", "named_by": ["name"]}},
            "archive",
            W,
        )
    ],
    "benefit_in_vain": [
        ({"routes": [ORGANIZATION, REFUSED], "benefits": [benefit(routes=["self"])]}, "benefits.money", W)
    ],
    "yuan_without_money": [({"benefits": [benefit(kind="support", at_most_yuan=5)]}, "benefits.money.at_most_yuan", W)],
    "benefit_beyond_term": [
        (
            {"after": [SHOWS | {"years": 2}], "benefits": [benefit(every="year", years=[1, 3])]},
            "benefits.money.years",
            W,
        )
    ],
    "never_assessed": [({"benefits": [benefit(after="passed-assessment")]}, "benefits.money.after", W)],
    "ban_unasked": [
        (
            {"disqualifications": [{"id": "fraud", "name": "造假", "clause": "六", "effect": "三年内不得申报"}]},
            "disqualifications.fraud.effect",
            W,
        ),
        (
            {"after": [SHOWS | {"years": 3, "revocation_effects": ["取消称号", "终身不得参评"]}]},
            "stages.term.revocation_effects",
            W,
        ),
    ],
    "trait_unused": [({"traits": [HEAD]}, "traits.head", W)],
    "vocabulary_unused": [
        (
            {"vocabularies": [{"id": "belt", "name": "段位", "levels": [{"name": "初段"}, {"name": "二段"}]}]},
            "vocabularies.belt",
            W,
        )
    ],
    "clause_placeholder": [({"seats": [SEATS | {"clause": "待补"}]}, "seats.craftsman.clause", W)],
    "clauses_as_drafted": [
        (
            {
                "routes": [ORGANIZATION | {"clause": "一"}],
                "nominators": [],
                "stages": {
                    "recommendation": {
                        "clause": "一",
                        "tiers": [
                            UNIT | {"clause": "一"},
                            CITY | {"clause": "一", "deadline": {"phrase": "2026年4月15日", "clause": "一"}},
                        ],
                    },
                    **{
                        stage: {"clause": "一"}
                        for stage in ("screening", "review", "decision", "publicity", "issuance")
                    },
                },
            },
            "program",
            W,
        )
    ],
    "number_odd": [
        ({"contacts": [{"office": "科", "phone_digits": digits} for digits in (8, 7, 8)]}, "contacts.1", W),
        ({"contacts": [{"office": "科", "phone": "881269"}]}, "contacts.0", W),
    ],
    "number_disagrees": [
        ({"contacts": [{"office": "科", "phone": "60001234", "phone_digits": 7}]}, "contacts.0.phone", W)
    ],
    "issue_date_missing": [({"issued": None}, "issued", E)],
    "skipped_without_ruling": [({"stages": {"review": {"skipped": True}}}, "stages.review.skipped", W)],
    "settles_nowhere": [
        ({"rulings": [ruling(decision=5, settles=[place])]}, "rulings.open.settles", E)
        for place in ("stages.publicty.period.days", "stages.publicity", "moon")
    ],
    "settled_twice": [
        (
            {
                "rulings": [
                    ruling(decision=5, settles=["stages.publicity.period.days"]),
                    ruling(id="again", decision=5, settles=["stages.publicity.period.days"]),
                ]
            },
            "rulings.again.settles",
            E,
        )
    ],
    "ruling_open": [({"rulings": [ruling(settles=["office"])]}, "rulings.open", N)],
    "default_invalid": [
        ({"rulings": [ruling(decision=0, settles=["stages.publicity.period.days"])]}, "rulings.open.decision", E)
    ],
    "default_disagrees": [
        ({"rulings": [ruling(decision=7, settles=["stages.publicity.period.days"])]}, "rulings.open.decision", E)
    ],
}

ON_THE_WHOLE = ("整个项目", "the whole program")

#: What only the machine can tell; tests/states has its cases.
OF_THE_MACHINE = {"standing_unreachable"}

CASES = [(code, *case) for code, cases in FINDINGS.items() for case in cases]


@pytest.mark.parametrize(("code", "changes", "place", "severity"), CASES)
def test_a_change_yields_exactly_its_finding(build, code, changes, place, severity):
    found = check_program(build(**changes))
    assert [(fault.code, fault.place, fault.severity) for fault in found] == [(code, place, severity)]


def test_every_finding_has_its_case():
    assert FINDINGS.keys() | OF_THE_MACHINE == SENTENCES.keys()


@pytest.mark.parametrize(("changes", "place"), [(changes, place) for _, changes, place, _ in CASES])
def test_a_finding_is_told_whole_in_both_languages(build, changes, place):
    (fault,) = check_program(build(**changes))
    told = fault.told()
    assert all(one.strip() and "{" not in one.replace("{ days", "") for one in (*told, *fault.remedy))
    assert all((place if place != WHOLE else where) in one for one, where in zip(told, ON_THE_WHOLE, strict=True))


def test_a_program_in_order_has_no_faults(build):
    assert check_program(build()) == ()


def test_errors_come_before_warnings_and_notes(build):
    program = build(stages={"screening": {"keep": 3}, "issuance": None}, rulings=[ruling(settles=["office"])])
    assert [fault.severity for fault in check_program(program)] == [E, W, N]
