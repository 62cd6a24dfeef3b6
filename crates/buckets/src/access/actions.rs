//! Which action of a policy each operation is.

/// What lets somebody know which keys there are.
pub(crate) const LIST_BUCKET: &str = "s3:ListBucket";

/// The operations that this server does, and the action that each needs.
const OPERATIONS: [(&str, &str); 24] = [
    ("AbortMultipartUpload", "s3:AbortMultipartUpload"),
    ("CompleteMultipartUpload", "s3:PutObject"),
    ("CopyObject", "s3:PutObject"),
    ("CreateBucket", "s3:CreateBucket"),
    ("CreateMultipartUpload", "s3:PutObject"),
    ("DeleteBucket", "s3:DeleteBucket"),
    ("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
    ("DeleteObject", "s3:DeleteObject"),
    ("DeleteObjects", "s3:DeleteObject"),
    ("GetBucketLocation", "s3:GetBucketLocation"),
    ("GetBucketPolicy", "s3:GetBucketPolicy"),
    ("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus"),
    ("GetObject", "s3:GetObject"),
    ("HeadBucket", LIST_BUCKET),
    ("HeadObject", "s3:GetObject"),
    ("ListBuckets", "s3:ListAllMyBuckets"),
    ("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("ListObjects", LIST_BUCKET),
    ("ListObjectsV2", LIST_BUCKET),
    ("ListParts", "s3:ListMultipartUploadParts"),
    ("PutBucketPolicy", "s3:PutBucketPolicy"),
    ("PutObject", "s3:PutObject"),
    ("UploadPart", "s3:PutObject"),
    ("UploadPartCopy", "s3:PutObject"),
];

/// The action of an operation; `None` for those that this server does not do.
pub(super) fn of_operation(name: &str) -> Option<&'static str> {
    OPERATIONS.iter().find(|(operation, _)| *operation == name).map(|(_, action)| *action)
}

/// An operation whose keys are in its body.
pub(super) fn is_decided_later(operation: &str) -> bool {
    operation == "DeleteObjects"
}

/// Actions without a bucket that is there already.
pub(super) fn is_about_the_account(action: &str) -> bool {
    matches!(action, "s3:CreateBucket" | "s3:ListAllMyBuckets")
}

/// What an owner can always do.
pub(super) fn is_about_the_policy(action: &str) -> bool {
    matches!(action, "s3:DeleteBucketPolicy" | "s3:GetBucketPolicy" | "s3:PutBucketPolicy")
}

/// What no policy can grant to somebody outside the account.
pub(super) fn is_for_the_account_alone(action: &str) -> bool {
    is_about_the_account(action)
        || is_about_the_policy(action)
        || matches!(action, "s3:DeleteBucket" | "s3:GetBucketPolicyStatus")
}

/// What readers of the account may do.
pub(super) fn is_reading(action: &str) -> bool {
    action.starts_with("s3:Get") || action.starts_with("s3:List")
}
