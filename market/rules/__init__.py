"""The rules of the figures: each module holds those of one subject matter, each rule one function.

`evidence` reads what they judge; `leads` looks for what would explain a share that does not fit.
"""

from market.rules import disagreements, forecasts, growth, indicators, shares, sums

__all__ = ["disagreements", "forecasts", "growth", "indicators", "shares", "sums"]
