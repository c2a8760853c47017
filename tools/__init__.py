"""What builds the course: lessons to notebooks, runs, measurements, README tables."""
