//! The policies that a script's distributions can name: its own, and the managed ones.

use compile::{Environment, Problems, References, managed};

use crate::script::PolicyLines;

/// Policies of the script, by their names, which are their ids too.
#[derive(Default)]
pub struct Policies(References);

impl Policies {
    /// Adds or replaces a policy.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn learn(&mut self, policy: &PolicyLines) -> Result<(), String> {
        let environment = Environment::default();
        match policy {
            PolicyLines::Cache(config) => {
                accepted(&config.name, compile::cache_policy(config, &environment))?;
                let mut config = config.clone();
                compile::cache_policy_defaults(&mut config);
                self.0.cache_policies.insert(config.name.clone(), config);
            }
            PolicyLines::Request(config) => {
                accepted(&config.name, compile::origin_request_policy(config, &environment))?;
                let mut config = config.clone();
                compile::origin_request_policy_defaults(&mut config);
                self.0.origin_request_policies.insert(config.name.clone(), config);
            }
            PolicyLines::Headers(config) => {
                accepted(&config.name, compile::response_headers_policy(config, &environment))?;
                let mut config = config.clone();
                compile::response_headers_policy_defaults(&mut config);
                self.0.response_headers_policies.insert(config.name.clone(), config);
            }
        }
        Ok(())
    }

    /// What a distribution may refer to.
    pub fn references(&self) -> References {
        self.0.clone()
    }

    /// The id of the cache policy `name`.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn cache(&self, name: Option<&str>) -> Result<Option<String>, String> {
        let managed = managed::cache_policies().map(|(id, config)| (id, config.name));
        id_of(name, |name| self.0.cache_policies.contains_key(name), managed)
    }

    /// The id of the origin request policy `name`.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn request(&self, name: Option<&str>) -> Result<Option<String>, String> {
        let managed = managed::origin_request_policies().map(|(id, config)| (id, config.name));
        id_of(name, |name| self.0.origin_request_policies.contains_key(name), managed)
    }

    /// The id of the response headers policy `name`.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn headers(&self, name: Option<&str>) -> Result<Option<String>, String> {
        let managed = managed::response_headers_policies().map(|(id, config)| (id, config.name));
        id_of(name, |name| self.0.response_headers_policies.contains_key(name), managed)
    }
}

fn accepted(name: &str, problems: Problems) -> Result<(), String> {
    problems.into_result().map_err(|problems| format!("the policy {name} is refused:\n{problems}"))
}

/// The script's own policy comes first; a managed one is named without its prefix.
fn id_of(
    name: Option<&str>,
    is_own: impl Fn(&str) -> bool,
    mut managed: impl Iterator<Item = (&'static str, String)>,
) -> Result<Option<String>, String> {
    let Some(name) = name else { return Ok(None) };
    if is_own(name) {
        return Ok(Some(name.to_owned()));
    }
    let found = managed.find(|(_, shown)| shown.strip_prefix("Managed-") == Some(name));
    found.map(|(id, _)| Some(id.to_owned())).ok_or_else(|| format!("there is no policy {name}"))
}
