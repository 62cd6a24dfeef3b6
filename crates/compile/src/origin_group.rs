//! Origin groups (J01, J02): two known origins and at least one status that fails over.

use std::collections::HashMap;

use rules::model::{StatusSet, Target};
use shapes::{Counted, OriginGroup};

use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};

/// CloudFront's words for a behavior or a group that names an unknown origin.
pub(crate) const NO_SUCH_ORIGIN: &str = "One or more of your origins or origin groups do not exist.";

/// Everything a behavior can name as its target, by id.
pub(crate) type Targets<'a> = HashMap<&'a str, Target>;

/// Checks the groups and adds each to `targets`, which holds the origins.
pub(crate) fn compile<'a>(
    report: &mut Report,
    list: Option<&'a Counted<OriginGroup>>,
    targets: &mut Targets<'a>,
    max_groups: usize,
) {
    report.limit(
        "TooManyOriginGroupsPerDistribution",
        "OriginGroups",
        list.map_or(0, Counted::len),
        max_groups,
    );
    for (index, group) in list.into_iter().flatten().enumerate() {
        let path = format!("OriginGroups.Items[{index}]");
        check_id(report, &path, &group.id, targets);
        let fail_over_on = fail_over_on(report, &path, group);
        let members = members(report, &path, group, targets);
        // A broken group still exists: behaviors that name it are not at fault.
        let (primary, secondary) = members.unwrap_or_default();
        targets.entry(&group.id).or_insert(Target::Group { primary, secondary, fail_over_on });
    }
}

fn check_id(report: &mut Report, path: &str, id: &str, targets: &Targets) {
    let path = format!("{path}.Id");
    report.length(&path, id, 128);
    report.require(
        !id.is_empty() && !targets.contains_key(id),
        Stage::Field,
        INVALID_ARGUMENT,
        &path,
        || format!("{path} is {}. Accepted: a name that no other origin or origin group has.", Quoted(id)),
    );
}

fn fail_over_on(report: &mut Report, path: &str, group: &OriginGroup) -> StatusSet {
    let path = format!("{path}.FailoverCriteria.StatusCodes");
    let codes = &group.failover_criteria.status_codes;
    let mut set = StatusSet::default();
    for (index, code) in codes.iter().enumerate() {
        let known = u16::try_from(*code).ok().filter(|code| StatusSet::LISTABLE.contains(code));
        report.require(
            known.is_some(),
            Stage::Value,
            INVALID_ARGUMENT,
            &format!("{path}.Items[{index}]"),
            || format!("{path}.Items[{index}] is {code}. Accepted: {}.", listable()),
        );
        set = known.map_or(set, |code| set.with(code));
    }
    report.require(!codes.is_empty(), Stage::Required, INVALID_ARGUMENT, &path, || {
        format!("{path} is empty. Accepted: at least one of {}.", listable())
    });
    set
}

fn listable() -> String {
    StatusSet::LISTABLE.map(|code| code.to_string()).join(", ")
}

fn members(
    report: &mut Report,
    path: &str,
    group: &OriginGroup,
    targets: &Targets,
) -> Option<(usize, usize)> {
    let path = format!("{path}.Members");
    let mut origins = Vec::new();
    for (index, member) in group.members.iter().enumerate() {
        match targets.get(member.origin_id.as_str()) {
            Some(Target::Origin(origin)) => origins.push(*origin),
            _ => {
                let path = format!("{path}.Items[{index}].OriginId");
                let explanation = format!(
                    "{path} is {}. Accepted: the Id of an origin of this distribution; a group has no groups in it.",
                    Quoted(&member.origin_id)
                );
                report.add_known(Stage::Target, "NoSuchOrigin", path, NO_SUCH_ORIGIN, explanation);
            }
        }
    }
    let count = group.members.len();
    report.require(count == 2, Stage::Required, INVALID_ARGUMENT, &path, || {
        format!("{path} has {count} entries. Accepted: exactly 2, the primary and the secondary origin.")
    });
    let [primary, secondary] = origins[..] else { return None };
    report.require(primary != secondary, Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} names one origin twice. Accepted: two different origins.")
    });
    Some((primary, secondary))
}
