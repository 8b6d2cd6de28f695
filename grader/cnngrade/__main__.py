"""`python -m cnngrade` is the command."""

from cnngrade.cli.start import main

if __name__ == "__main__":
    main()
