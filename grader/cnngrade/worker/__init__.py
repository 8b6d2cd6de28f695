"""What runs inside the sandbox: it reads requests from the wire and runs a submission's code. No answer or test is here."""
