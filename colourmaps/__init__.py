"""Indicators, thresholds, measurement rounds, results, the colour map and its workbooks."""
