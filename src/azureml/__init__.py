"""The import paths of Azure ML SDK v1, provided by Lazulite: re-exports of `lazulite.sdk`, no logic.

Microsoft's own `azureml-*` packages provide the same package. Where both are installed in one folder the first import
stops with the commands that repair it; `lazulite.sdk.installation` tells what else can happen then.
"""

from lazulite.sdk.installation import refuse_mixture

refuse_mixture(__path__[0])
