"""Many submissions: judged side by side, one grading at a time, with reports that are kept; and who takes part."""
