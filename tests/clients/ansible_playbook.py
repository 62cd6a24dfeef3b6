"""Ansible as people use it: a playbook, and a recap that says how much changed."""

import os
import pathlib
import re
import subprocess

from warmfront import ACCESS_KEY_ID, SECRET_ACCESS_KEY

PLAYBOOKS = pathlib.Path(__file__).parent / "ansible"
# A waiter that sleeps once takes 60 seconds; a whole playbook takes a fraction of this.
PATIENCE_SECONDS = 110


class Ansible:
    """Runs playbooks against one server, with the environment that `cargo xtask clients` makes."""

    def __init__(self, server, folder):
        found = os.environ.get("WARMFRONT_ANSIBLE")
        assert found, "WARMFRONT_ANSIBLE is not set: `cargo xtask clients` installs Ansible and sets it"
        self.program = pathlib.Path(found) / "bin/ansible-playbook"
        self.environment = {
            "PATH": f"{self.program.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(pathlib.Path(found) / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_PYTHON_INTERPRETER": str(self.program.parent / "python"),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL_CLOUDFRONT": server.api,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, playbook, **variables):
        """The tasks that changed something; fails when one of them failed."""
        extra = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        done = subprocess.run(
            [str(self.program), "--connection", "local", "--inventory", "localhost,", str(PLAYBOOKS / playbook), *extra],
            env=self.environment, cwd=self.environment["HOME"], capture_output=True, text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        changed = re.findall(r"^TASK \[(.*?)\] \**\nchanged: ", done.stdout, re.MULTILINE)
        [counted] = re.findall(r"^localhost .* changed=(\d+) ", done.stdout, re.MULTILINE)
        assert len(changed) == int(counted), done.stdout
        return changed
