"""What several tests expect."""

import pytest

# For boto3's waiters, which would sleep 20 or 60 seconds before they ask again: the first answer must do.
ONE_QUESTION = {"MaxAttempts": 1}


def refusal(call, **arguments):
    """Code, status and message of the error that a call ends with."""
    client = call.__self__
    with pytest.raises(client.exceptions.ClientError) as caught:
        call(**arguments)
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Message"]
