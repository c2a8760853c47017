"""What the lessons import so that their cells can stay about deep learning."""

__version__ = "0.1.0"
