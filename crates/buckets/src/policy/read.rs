//! Reading a policy document. What is not understood is refused and never left out: a policy that grants more than its
//! author thinks is worse than none.

use super::actions;
use super::conditions::Condition;
use super::json::Node;
use super::pattern::Pattern;
use super::principal::Principal;
use super::{Effect, Listed, Malformed, Statement};

const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// What every ARN of S3 begins with.
const S3_ARN: &str = "arn:aws:s3:::";

type Member = (String, Node);

/// The statements of a policy of `bucket`.
pub(super) fn statements(text: &str, bucket: &str) -> Result<Vec<Statement>, Malformed> {
    let document = Node::parse(text)
        .map_err(|error| Malformed(format!("Policies must be valid JSON, and this is not: {error}.")))?;
    let Node::Object(members) = document else {
        return Err(Malformed(format!("The policy is {}. Accepted: an object.", document.kind())));
    };
    known_members("the policy", &members, &["Version", "Id", "Statement"])?;
    if let Some(version) = member(&members, "Version") {
        let version = text_of("Version", version)?;
        if !VERSIONS.contains(&version) {
            return Err(Malformed(format!(
                "The policy must contain a valid version string: Version is \"{version}\". Accepted: {}.",
                VERSIONS.join(", ")
            )));
        }
    }
    if let Some(id) = member(&members, "Id") {
        text_of("Id", id)?;
    }
    let given = member(&members, "Statement").ok_or_else(|| {
        Malformed("Missing required field Statement. Accepted: at least one statement.".into())
    })?;
    let list = match given {
        Node::List(list) if !list.is_empty() => list.as_slice(),
        Node::Object(_) => std::slice::from_ref(given),
        _ => {
            return Err(Malformed("Statement is empty or no list. Accepted: at least one statement.".into()));
        }
    };
    list.iter().map(|statement| read_statement(statement, bucket)).collect()
}

fn read_statement(statement: &Node, bucket: &str) -> Result<Statement, Malformed> {
    const MEMBERS: [&str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    let Node::Object(members) = statement else {
        return Err(Malformed(format!("A statement is {}. Accepted: an object.", statement.kind())));
    };
    known_members("a statement", members, &MEMBERS)?;
    if let Some(sid) = member(members, "Sid") {
        text_of("Sid", sid)?;
    }
    let actions = listed(members, "Action", "NotAction", |node| each_text("Action", node, read_action))?;
    let resources = listed(members, "Resource", "NotResource", |node| {
        each_text("Resource", node, |text| read_resource(text, bucket))
    })?;
    let statement = Statement {
        effect: effect(members)?,
        principals: listed(members, "Principal", "NotPrincipal", read_principals)?,
        actions,
        resources,
        conditions: member(members, "Condition").map_or(Ok(Vec::new()), read_conditions)?,
    };
    check_that_actions_have_resources(&statement, bucket)?;
    Ok(statement)
}

fn effect(members: &[Member]) -> Result<Effect, Malformed> {
    match member(members, "Effect") {
        Some(Node::Text(text)) if text == "Allow" => Ok(Effect::Allow),
        Some(Node::Text(text)) if text == "Deny" => Ok(Effect::Deny),
        Some(_) => Err(Malformed("Invalid effect. Accepted: Allow or Deny.".into())),
        None => Err(Malformed("Missing required field Effect. Accepted: Allow or Deny.".into())),
    }
}

/// The member `name` or its negation, of which there must be exactly one.
fn listed<T>(
    members: &[Member],
    name: &str,
    negated: &str,
    read: impl Fn(&Node) -> Result<Vec<T>, Malformed>,
) -> Result<Listed<T>, Malformed> {
    match (member(members, name), member(members, negated)) {
        (Some(node), None) => Ok(Listed::AnyOf(read(node)?)),
        (None, Some(node)) => Ok(Listed::NoneOf(read(node)?)),
        (None, None) => {
            Err(Malformed(format!("Missing required field {name}. Accepted: {name} or {negated}.")))
        }
        (Some(_), Some(_)) => {
            Err(Malformed(format!("A statement has {name} and {negated}. Accepted: one of them.")))
        }
    }
}

fn read_principals(node: &Node) -> Result<Vec<Principal>, Malformed> {
    let members = match node {
        Node::Text(text) if text == "*" => return Ok(vec![Principal::Everyone]),
        Node::Object(members) if !members.is_empty() => members,
        _ => {
            return Err(Malformed(
                "Invalid principal in policy. Accepted: \"*\", or an object with AWS, Service or CanonicalUser.".into(),
            ));
        }
    };
    let mut principals = Vec::new();
    for (kind, values) in members {
        let read = match kind.as_str() {
            "AWS" => Principal::of_aws,
            "Service" => Principal::of_service,
            "CanonicalUser" => Principal::of_canonical_user,
            _ => {
                return Err(Malformed(format!(
                    "Invalid principal in policy: \"{kind}\" is not known. Accepted: AWS, Service, CanonicalUser."
                )));
            }
        };
        principals.extend(each_text(kind, values, read)?);
    }
    Ok(principals)
}

fn read_action(text: &str) -> Result<Pattern, Malformed> {
    let pattern = Pattern::new(text);
    let about = actions::about(&pattern);
    if about.buckets || about.objects {
        return Ok(pattern);
    }
    Err(Malformed(format!(
        "Policy has invalid action: \"{text}\" is no action on a bucket or an object. Accepted: for example s3:GetObject, \
         s3:ListBucket, s3:*."
    )))
}

/// A resource of this bucket, and of no other.
fn read_resource(text: &str, bucket: &str) -> Result<Pattern, Malformed> {
    let name = text.strip_prefix(S3_ARN).map(|rest| rest.split('/').next().unwrap_or(rest));
    refuse_variables("Resource", text)?;
    match name {
        Some(name) if Pattern::new(name).matches(bucket) => Ok(Pattern::new(text)),
        _ => Err(Malformed(format!(
            "Policy has invalid resource: \"{text}\" is not this bucket's. Accepted: {S3_ARN}{bucket} for the bucket, \
             {S3_ARN}{bucket}/* for its objects."
        ))),
    }
}

/// The usual mistake: `s3:GetObject` on the bucket instead of `bucket/*`.
fn check_that_actions_have_resources(statement: &Statement, bucket: &str) -> Result<(), Malformed> {
    let (Listed::AnyOf(actions), Listed::AnyOf(resources)) = (&statement.actions, &statement.resources)
    else {
        return Ok(());
    };
    let arn = format!("{S3_ARN}{bucket}");
    let has_bucket = resources.iter().any(|resource| resource.matches(&arn));
    let has_objects = resources.iter().any(|resource| {
        let rest = resource.text().strip_prefix(S3_ARN).unwrap_or_default();
        rest.contains('/') || rest.contains('*')
    });
    for action in actions {
        let about = actions::about(action);
        if !(about.buckets && has_bucket || about.objects && has_objects) {
            return Err(Malformed(format!(
                "Action does not apply to any resource(s) in statement: {} is about {}.",
                action.text(),
                if about.objects { format!("objects, {arn}/*") } else { format!("the bucket, {arn}") }
            )));
        }
    }
    Ok(())
}

fn read_conditions(node: &Node) -> Result<Vec<Condition>, Malformed> {
    let shape = || Malformed("Condition is no object of operators, each with keys and values.".into());
    let Node::Object(operators) = node else { return Err(shape()) };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let Node::Object(keys) = keys else { return Err(shape()) };
        for (key, values) in keys {
            let values = each_value(key, values)?;
            conditions.push(Condition::read(operator, key, &values)?);
        }
    }
    Ok(conditions)
}

// === pieces ===

fn member<'a>(members: &'a [Member], name: &str) -> Option<&'a Node> {
    members.iter().find(|(known, _)| known == name).map(|(_, node)| node)
}

fn known_members(place: &str, members: &[Member], known: &[&str]) -> Result<(), Malformed> {
    match members.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => {
            Err(Malformed(format!("Unknown field {name} in {place}. Accepted: {}.", known.join(", "))))
        }
    }
}

fn text_of<'a>(name: &str, node: &'a Node) -> Result<&'a str, Malformed> {
    match node {
        Node::Text(text) => Ok(text),
        _ => Err(Malformed(format!("{name} is {}. Accepted: a string.", node.kind()))),
    }
}

/// One string, or a list of them.
fn each_text<T>(
    name: &str,
    node: &Node,
    read: impl Fn(&str) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let nodes = match node {
        Node::List(list) => list.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        return Err(Malformed(format!("{name} is an empty list. Accepted: at least one string.")));
    }
    nodes.iter().map(|node| read(text_of(name, node)?)).collect()
}

/// Values of a condition: strings, and what is usually written without quotes.
fn each_value(key: &str, node: &Node) -> Result<Vec<String>, Malformed> {
    let nodes = match node {
        Node::List(list) => list.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        return Err(Malformed(format!("The condition key {key} has no value. Accepted: at least one.")));
    }
    let value = |node: &Node| match node {
        Node::Text(text) => refuse_variables(key, text).map(|()| text.clone()),
        Node::Bool(value) => Ok(value.to_string()),
        Node::Number(number) => Ok(number.clone()),
        Node::Null | Node::List(_) | Node::Object(_) => Err(Malformed(format!(
            "A value of the condition key {key} is {}. Accepted: a string.",
            node.kind()
        ))),
    };
    nodes.iter().map(value).collect()
}

fn refuse_variables(name: &str, text: &str) -> Result<(), Malformed> {
    if text.contains("${") {
        return Err(Malformed(format!(
            "{name} has a policy variable: \"{text}\". Accepted: text without ${{...}}; this server does not replace \
             variables."
        )));
    }
    Ok(())
}
