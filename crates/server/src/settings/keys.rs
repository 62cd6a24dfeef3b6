//! Flags of `warmfront keys`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use control::Role;

use super::values;

/// Flags of `keys`.
#[derive(Debug, Args)]
pub struct KeyCommand {
    /// Directory that holds everything that is kept.
    #[arg(
        long,
        value_name = "DIR",
        env = "WARMFRONT_DATA_DIR",
        default_value = "warmfront-data",
        global = true
    )]
    pub data_dir: PathBuf,
    /// Print JSON, for programs.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub action: KeyAction,
}

/// What can be done to keys.
#[derive(Debug, Subcommand)]
pub enum KeyAction {
    /// Show all keys, without their secrets.
    List,
    /// Make a key and show its secret, once.
    Create {
        /// What the key may do: `admin` everything, `read-only` what changes nothing.
        #[arg(long, default_value = "admin", value_parser = crate::keys::command::role)]
        role: Role,
        /// What the key is for.
        #[arg(long, value_name = "TEXT", default_value = "")]
        name: String,
    },
    /// Make a key that takes the place of another one, and show its secret, once.
    Rotate {
        /// The access key id of the old key.
        id: String,
        /// How long the old key is still accepted, like 15m, 24h or 7d.
        #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = values::duration)]
        overlap: Duration,
    },
    /// Accept a key no more, and end its sessions.
    Disable {
        /// The access key id.
        id: String,
        /// Even if nobody can change anything any more.
        #[arg(long)]
        force: bool,
    },
    /// Accept a key again.
    Enable {
        /// The access key id.
        id: String,
    },
    /// Forget a key.
    Delete {
        /// The access key id.
        id: String,
        /// Even if nobody can change anything any more.
        #[arg(long)]
        force: bool,
    },
}
