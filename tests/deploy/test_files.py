"""The files in deploy/: what their schemas allow, and what must agree between them."""

import ast
import copy
import importlib.resources
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from benchmarks.browser import serve
from benchmarks.visitor import visit
from tests.loops import run
from tests.pages import NAMES, ROOT

Manifest = dict[str, Any]
DEPLOY: Final = ROOT / "deploy"
KUBERNETES: Final = DEPLOY / "kubernetes"
VERSIONS: Final = ("1.30", "1.37")  # the oldest with all that the manifests use, and the newest that is known
HEALTH: Final = "/_stcore/health"
SECRET: Final = "STREAMLIT_SERVER_COOKIE_SECRET"  # noqa: S105 - its name, not its value
USER: Final = 10001


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def manifest(path: Path) -> Manifest:
    read: Manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


KUSTOMIZATION: Final = manifest(KUBERNETES / "kustomization.yaml")
MANIFESTS: Final = {m["kind"]: m for m in (manifest(KUBERNETES / name) for name in KUSTOMIZATION["resources"])}
COMPOSE: Final = manifest(DEPLOY / "compose.yaml")
SERVICES: Final = COMPOSE["services"]
POD: Final = MANIFESTS["Deployment"]["spec"]["template"]
CONTAINER: Final = POD["spec"]["containers"][0]
ANNOTATIONS: Final = {
    name.removeprefix("nginx.ingress.kubernetes.io/"): value
    for name, value in MANIFESTS["Ingress"]["metadata"]["annotations"].items()
}


def instructions(name: str) -> list[str]:
    """What the Dockerfile's instructions of this name say, each in one line."""
    joined = re.sub(r"\\\n\s*", "", text("Dockerfile"))
    return [line.removeprefix(f"{name} ") for line in joined.splitlines() if line.startswith(f"{name} ")]


def megabytes(size: str) -> int:
    match = re.fullmatch(r"(\d+)m", size)
    assert match, size
    return int(match[1])


# What the schemas allow


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_manifest_is_what_kubernetes_understands(kind: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[kind], version, strict=True)


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_manifest_with_an_unknown_field_is_refused(kind: str) -> None:
    broken = copy.deepcopy(MANIFESTS[kind])
    broken["spec"]["replicaz"] = 2
    with pytest.raises(kubernetes_validate.ValidationError, match="replicaz"):
        kubernetes_validate.validate(broken, VERSIONS[-1], strict=True)


def compose_schema() -> Any:  # noqa: ANN401 - a JSON schema
    vendored = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    return json.loads(vendored.read_text(encoding="utf-8"))


def test_the_compose_file_is_what_compose_understands() -> None:
    jsonschema.validate(COMPOSE, compose_schema())


def test_a_compose_file_with_an_unknown_field_is_refused() -> None:
    broken = copy.deepcopy(COMPOSE)
    broken["services"]["nginx"]["readonly"] = True
    with pytest.raises(jsonschema.ValidationError, match="readonly"):
        jsonschema.validate(broken, compose_schema())


def test_kustomize_names_every_manifest_and_the_image() -> None:
    assert set(KUSTOMIZATION) == {"apiVersion", "kind", "resources", "images"}
    assert {*KUSTOMIZATION["resources"], "kustomization.yaml"} == {path.name for path in KUBERNETES.iterdir()}
    assert len(MANIFESTS) == len(KUSTOMIZATION["resources"])
    assert [image["name"] for image in KUSTOMIZATION["images"]] == [CONTAINER["image"]]


# What must agree


def test_all_replicas_share_one_secret_that_no_file_holds() -> None:
    assert SERVICES["dashboard"]["environment"][SECRET].startswith("${COOKIE_SECRET:?")
    (secret,) = (each for each in CONTAINER["env"] if each["name"] == SECRET)
    assert secret["valueFrom"] == {"secretKeyRef": {"name": "dashboard", "key": "cookie-secret"}}
    assert "kubectl create secret generic dashboard --from-literal=cookie-secret=" in text("README.md")
    assert "Secret" not in MANIFESTS


def test_every_variable_is_an_option_of_streamlit() -> None:
    from streamlit.config import _config_options_template  # noqa: PLC0415

    known = {option.env_var for option in _config_options_template.values()}
    used = {*SERVICES["dashboard"]["environment"], *(each["name"] for each in CONTAINER["env"])}
    assert used <= known


def test_the_manual_explains_every_variable_of_compose() -> None:
    used = set(re.findall(r"\$\{(\w+)", text("compose.yaml")))
    explained = set(re.findall(r"^\| `(\w+)` \|", text("README.md"), re.MULTILINE))
    assert explained == used


def test_every_probe_asks_for_the_health_of_the_real_port() -> None:
    probes = [CONTAINER[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    assert probes == [{"path": HEALTH, "port": "http"}] * 3


def test_all_speak_of_the_same_ports() -> None:
    (exposed,) = instructions("EXPOSE")
    (started,) = instructions("CMD")
    assert f"--server.port={exposed}" in ast.literal_eval(started)
    assert SERVICES["nginx"]["command"][-2:] == ["dashboard", exposed]
    assert CONTAINER["ports"] == [{"name": "http", "containerPort": int(exposed)}]
    (service,) = MANIFESTS["Service"]["spec"]["ports"]
    assert service["targetPort"] == service["name"] == "http"
    backend = MANIFESTS["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": MANIFESTS["Service"]["metadata"]["name"], "port": {"name": service["name"]}}
    (published,) = SERVICES["nginx"]["ports"]
    assert f"listen {published.rpartition(':')[2]};" in text("nginx.conf")


def test_the_proxies_let_a_whole_upload_through() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    limit = config["server"]["maxUploadSize"]
    bodies = re.findall(r"client_max_body_size (\w+);", text("nginx.conf"))
    assert [megabytes(size) > limit for size in (*bodies, ANNOTATIONS["proxy-body-size"])] == [True, True]


def test_both_proxies_keep_visitors_by_a_cookie_that_slides_of_other_sites_send() -> None:
    assert ANNOTATIONS["affinity"] == "cookie"
    assert ANNOTATIONS["session-cookie-change-on-failure"] == "true"
    assert (ANNOTATIONS["session-cookie-samesite"], ANNOTATIONS["session-cookie-secure"]) == ("None", "true")
    assert f'"{ANNOTATIONS["session-cookie-name"]}=$request_id' in text("nginx.conf")
    assert MANIFESTS["Service"]["spec"]["sessionAffinity"] == "None"


def test_whatever_selects_selects_the_replicas() -> None:
    labels = POD["metadata"]["labels"]
    assert labels
    assert MANIFESTS["Deployment"]["spec"]["selector"] == {"matchLabels": labels}
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"] == {"matchLabels": labels}
    assert [c["labelSelector"] for c in POD["spec"]["topologySpreadConstraints"]] == [{"matchLabels": labels}]
    assert MANIFESTS["Service"]["spec"]["selector"] == labels


def test_the_autoscaler_alone_decides_how_many_there_are() -> None:
    deployment = MANIFESTS["Deployment"]
    target = MANIFESTS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert target == {
        "apiVersion": deployment["apiVersion"],
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }
    assert "replicas" not in deployment["spec"]
    assert MANIFESTS["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 2
    assert "cpu" in CONTAINER["resources"]["requests"]  # a share of nothing cannot be measured


def test_nobody_is_root_and_nothing_can_be_written() -> None:
    assert instructions("USER") == [f"{USER}:{USER}"]
    assert any(f"--uid {USER} " in run for run in instructions("RUN"))
    pod, container = POD["spec"]["securityContext"], CONTAINER["securityContext"]
    assert (pod["runAsNonRoot"], pod["runAsUser"], pod["runAsGroup"]) == (True, USER, USER)
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [mount["mountPath"] for mount in CONTAINER["volumeMounts"]] == ["/tmp"]  # noqa: S108 - the container's
    for service in SERVICES.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108


def test_every_replica_has_a_limit_of_memory() -> None:
    assert SERVICES["dashboard"]["deploy"]["resources"]["limits"]["memory"]
    assert CONTAINER["resources"]["limits"]["memory"]


def sent_to_the_builder() -> set[str]:
    lines = text("Dockerfile.dockerignore").splitlines()
    assert "*" in lines
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def copied_into_the_image() -> set[str]:
    return {source for line in instructions("COPY") for source in line.split()[:-1]}


def test_the_builder_is_sent_what_the_image_copies() -> None:
    assert sent_to_the_builder() == copied_into_the_image()


def test_what_the_image_copies_is_enough_for_every_page(tmp_path: Path) -> None:
    for name in copied_into_the_image():
        copy_file = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy_file(ROOT / name, tmp_path / name)
    (check,) = instructions("HEALTHCHECK")
    interpreter, *arguments = ast.literal_eval(check.partition("CMD ")[2])
    assert interpreter == "python"
    assert any(f"http://127.0.0.1:8501{HEALTH}'" in each for each in arguments)  # every other path has an answer too

    async def exceptions(page: str) -> list[str]:
        async with visit(server.url, page) as tab:
            return tab.exceptions

    with serve(tmp_path / "app.py") as server:
        here = [each.replace("127.0.0.1:8501/", f"{urlsplit(server.url).netloc}/") for each in arguments]
        assert here != arguments
        assert run_python(here) == 0
        assert [run(exceptions(page)) for page in NAMES] == [[]] * len(NAMES)
    assert run_python(here) != 0


def run_python(arguments: list[str]) -> int:
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True).returncode  # noqa: S603


def test_what_the_image_copies_is_compiled_when_it_is_built() -> None:
    (compiled,) = (run for run in instructions("RUN") if "compileall" in run)
    sources = {name for name in copied_into_the_image() if name.endswith(".py") or [*(ROOT / name).glob("*.py")]}
    assert set(compiled.partition("compileall -q ")[2].split()) == sources


def test_the_cpu_index_is_an_argument_without_a_default() -> None:
    assert instructions("ARG") == ["TORCH_INDEX"]
    assert SERVICES["dashboard"]["build"]["args"] == {"TORCH_INDEX": "${TORCH_INDEX:-}"}
