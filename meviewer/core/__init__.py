"""The words of the domain: values and functions without Qt, torch, OpenCV or files."""
