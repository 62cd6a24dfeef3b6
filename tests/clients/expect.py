"""What several tests expect."""

import pytest

# A waiter that is told "in progress" once sleeps for 60 seconds; one that never is does not come near this.
AT_ONCE_SECONDS = 20


def refusal(call, **arguments):
    """Code, status and message of the error that a call ends with."""
    client = call.__self__
    with pytest.raises(client.exceptions.ClientError) as caught:
        call(**arguments)
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Message"]
