"""Lines that the purchaser has settled: after an upheld appeal, or in the correction of a published score."""
