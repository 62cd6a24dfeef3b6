//! Parameters of a distribution that each of its tenants fills in.

use crate::Shape;

/// The parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct TenantConfig {
    /// One entry per parameter.
    pub parameter_definitions: Vec<ParameterDefinition>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ParameterDefinition {
    /// The name by which the configuration refers to it.
    pub name: String,
    /// What values it takes.
    pub definition: ParameterDefinitionSchema,
}

/// What values a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ParameterDefinitionSchema {
    /// Text.
    pub string_schema: Option<StringSchemaConfig>,
}

/// A parameter that is text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct StringSchemaConfig {
    /// A note for people.
    pub comment: Option<String>,
    /// The value of tenants that give none.
    pub default_value: Option<String>,
    /// Whether a tenant must give one.
    pub required: bool,
}
