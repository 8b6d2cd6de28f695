"""What runs inside the sandbox: it reads requests from the wire and runs a submission's code; no answer and no test is here."""
