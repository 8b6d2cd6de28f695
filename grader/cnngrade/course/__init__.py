"""course.yml and the files that it promises: read, checked, found and imported."""
