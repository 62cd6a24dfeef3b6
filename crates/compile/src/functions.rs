//! Associations of functions with behaviors and with the distribution (N01).
//!
//! This version runs no functions, so every reference to one is refused as unknown; what else is wrong with an
//! association is told beside it.

use shapes::{DefaultCacheBehavior, DistributionConfig, EventType};

use crate::problems::{Quoted, Report, Stage};

const FUNCTION: &str = "InvalidFunctionAssociation";
const LAMBDA: &str = "InvalidLambdaFunctionAssociation";

/// Functions of one behavior: one for each of the viewer's two events.
const MAX_FUNCTIONS: usize = 2;
/// Lambda functions of one behavior: one for each event.
const MAX_LAMBDAS: usize = 4;

/// Checks the associations of the behavior at `path`.
pub(crate) fn check_behavior(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) {
    let functions: Vec<_> = settings.function_associations.iter().flatten().collect();
    let lambdas: Vec<_> = settings.lambda_function_associations.iter().flatten().collect();
    let events = functions.iter().map(|function| &function.event_type).collect::<Vec<_>>();
    check_functions(report, &format!("{path}.FunctionAssociations"), &events);
    for (index, function) in functions.iter().enumerate() {
        let path = format!("{path}.FunctionAssociations.Items[{index}].FunctionARN");
        refuse(report, FUNCTION, &path, &function.function_arn);
    }
    let lambda_events = lambdas.iter().map(|function| &function.event_type).collect::<Vec<_>>();
    let path = format!("{path}.LambdaFunctionAssociations");
    report.limit("TooManyLambdaFunctionAssociations", &path, lambdas.len(), MAX_LAMBDAS);
    check_events(report, LAMBDA, &path, &lambda_events);
    for (index, function) in lambdas.iter().enumerate() {
        let path = format!("{path}.Items[{index}]");
        refuse(report, LAMBDA, &format!("{path}.LambdaFunctionARN"), &function.lambda_function_arn);
        let answers = [EventType::ViewerResponse, EventType::OriginResponse].contains(&function.event_type);
        let reads_body = function.include_body == Some(true) && answers;
        report.require(!reads_body, Stage::Field, LAMBDA, &format!("{path}.IncludeBody"), || {
            format!("{path}.IncludeBody is true for {}. Accepted: only for requests.", function.event_type)
        });
        let with_function = is_of_viewer(&function.event_type) && !functions.is_empty();
        report.require(!with_function, Stage::Field, LAMBDA, &format!("{path}.EventType"), || {
            format!(
                "{path}.EventType is {}, and the behavior has FunctionAssociations. Accepted: viewer events for one \
                 of the two kinds.",
                function.event_type
            )
        });
    }
}

/// Checks the function of the whole distribution.
pub(crate) fn check_distribution(report: &mut Report, config: &DistributionConfig) {
    if let Some(association) = &config.connection_function_association {
        refuse(report, FUNCTION, "ConnectionFunctionAssociation.Id", &association.id);
    }
}

fn check_functions(report: &mut Report, path: &str, events: &[&EventType]) {
    report.limit("TooManyFunctionAssociations", path, events.len(), MAX_FUNCTIONS);
    check_events(report, FUNCTION, path, events);
    for (index, event) in events.iter().enumerate() {
        let path = format!("{path}.Items[{index}].EventType");
        let at_origin = [EventType::OriginRequest, EventType::OriginResponse].contains(event);
        report.require(!at_origin, Stage::Field, FUNCTION, &path, || {
            format!("{path} is {event}. Accepted: viewer-request, viewer-response.")
        });
    }
}

/// One function for each event.
fn check_events(report: &mut Report, code: &'static str, path: &str, events: &[&EventType]) {
    let mut seen: Vec<&EventType> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        if seen.contains(event) {
            let path = format!("{path}.Items[{index}].EventType");
            let text = format!("{path} {event} has a function already. Accepted: one for each event.");
            report.add(Stage::Field, code, path, text);
        } else {
            seen.push(event);
        }
    }
}

fn is_of_viewer(event: &EventType) -> bool {
    [EventType::ViewerRequest, EventType::ViewerResponse].contains(event)
}

fn refuse(report: &mut Report, code: &'static str, path: &str, arn: &str) {
    let explanation = format!(
        "{path} is {}, which does not exist: this version runs no functions. Accepted: no function.",
        Quoted(arn)
    );
    report.add(Stage::Reference, code, path, explanation);
}
