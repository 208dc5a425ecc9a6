"""Motion between keyframes: differences, GAMDSS, dynamic images, optical flow, MM-COF."""
