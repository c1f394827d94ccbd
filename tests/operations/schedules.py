"""A schedule that is made up for tests."""

#: New Year's Day 2027 is a Friday; this made-up schedule takes the Monday after it as well, for a worked Saturday.
SCHEDULE = """
year = 2027
source = "made up for the test"
days = [
  { name = "元旦", date = 2027-01-01, off = true },
  { name = "元旦", date = 2027-01-02, off = true },
  { name = "元旦", date = 2027-01-03, off = true },
  { name = "元旦", date = 2027-01-04, off = true },
  { name = "元旦", date = 2027-01-09, off = false },
  { name = "春节", date = 2027-02-06, off = true },
  { name = "春节", date = 2027-02-07, off = true },
  { name = "春节", date = 2027-02-08, off = true },
  { name = "清明节", date = 2027-04-05, off = true },
  { name = "劳动节", date = 2027-05-01, off = true },
  { name = "劳动节", date = 2027-05-02, off = true },
  { name = "端午节", date = 2027-06-09, off = true },
  { name = "中秋节", date = 2027-09-15, off = true },
  { name = "国庆节", date = 2027-10-01, off = true },
  { name = "国庆节", date = 2027-10-02, off = true },
  { name = "国庆节", date = 2027-10-03, off = true },
]
"""
