"""Azure's virtual machine sizes as facts: what a size of that name lets one step use on this machine.

One table of the sizes that v1 users name in `AmlCompute.provisioning_configuration(vm_size=…)`. A name that is not here
is accepted by a compute target and bounds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class VmSize:
    """One size: cores, memory in GiB, GPUs (a part of a GPU counts as one)."""

    name: str
    cores: int
    memory_gb: float
    gpus: int = 0


#: Series by series: size number and suffix, cores, GiB, GPUs.
_TABLE = """
Standard_A1 1 1.75 0,      Standard_A2 2 3.5 0,       Standard_A3 4 7 0,         Standard_A4 8 14 0
Standard_A5 2 14 0,        Standard_A6 4 28 0,        Standard_A7 8 56 0
Standard_A1_v2 1 2 0,      Standard_A2_v2 2 4 0,      Standard_A4_v2 4 8 0,      Standard_A8_v2 8 16 0
Standard_A2m_v2 2 16 0,    Standard_A4m_v2 4 32 0,    Standard_A8m_v2 8 64 0
Standard_B1s 1 1 0,        Standard_B1ms 1 2 0,       Standard_B2s 2 4 0,        Standard_B2ms 2 8 0
Standard_B4ms 4 16 0,      Standard_B8ms 8 32 0,      Standard_B12ms 12 48 0,    Standard_B16ms 16 64 0
Standard_B20ms 20 80 0
Standard_D1 1 3.5 0,       Standard_D2 2 7 0,         Standard_D3 4 14 0,        Standard_D4 8 28 0
Standard_D11 2 14 0,       Standard_D12 4 28 0,       Standard_D13 8 56 0,       Standard_D14 16 112 0
Standard_D1_v2 1 3.5 0,    Standard_D2_v2 2 7 0,      Standard_D3_v2 4 14 0,     Standard_D4_v2 8 28 0
Standard_D5_v2 16 56 0,    Standard_D11_v2 2 14 0,    Standard_D12_v2 4 28 0,    Standard_D13_v2 8 56 0
Standard_D14_v2 16 112 0,  Standard_D15_v2 20 140 0
Standard_DS1_v2 1 3.5 0,   Standard_DS2_v2 2 7 0,     Standard_DS3_v2 4 14 0,    Standard_DS4_v2 8 28 0
Standard_DS5_v2 16 56 0,   Standard_DS11_v2 2 14 0,   Standard_DS12_v2 4 28 0,   Standard_DS13_v2 8 56 0
Standard_DS14_v2 16 112 0, Standard_DS15_v2 20 140 0
Standard_F1 1 2 0,         Standard_F2 2 4 0,         Standard_F4 4 8 0,         Standard_F8 8 16 0
Standard_F16 16 32 0,      Standard_F2s_v2 2 4 0,     Standard_F4s_v2 4 8 0,     Standard_F8s_v2 8 16 0
Standard_F16s_v2 16 32 0,  Standard_F32s_v2 32 64 0,  Standard_F48s_v2 48 96 0,  Standard_F64s_v2 64 128 0
Standard_F72s_v2 72 144 0
Standard_G1 2 28 0,        Standard_G2 4 56 0,        Standard_G3 8 112 0,       Standard_G4 16 224 0
Standard_G5 32 448 0
Standard_H8 8 56 0,        Standard_H16 16 112 0,     Standard_H8m 8 112 0,      Standard_H16m 16 224 0
Standard_H16r 16 112 0,    Standard_H16mr 16 224 0,   Standard_HB60rs 60 228 0,  Standard_HB120rs_v2 120 456 0
Standard_HB120rs_v3 120 448 0,                        Standard_HC44rs 44 352 0
Standard_M8ms 8 218.75 0,  Standard_M16ms 16 437.5 0, Standard_M32ms 32 875 0,   Standard_M64s 64 1024 0
Standard_M64ms 64 1792 0,  Standard_M128s 128 2048 0, Standard_M128ms 128 3892 0
Standard_NC6 6 56 1,       Standard_NC12 12 112 2,    Standard_NC24 24 224 4,    Standard_NC24r 24 224 4
Standard_NC6s_v2 6 112 1,  Standard_NC12s_v2 12 224 2, Standard_NC24s_v2 24 448 4, Standard_NC24rs_v2 24 448 4
Standard_NC6s_v3 6 112 1,  Standard_NC12s_v3 12 224 2, Standard_NC24s_v3 24 448 4, Standard_NC24rs_v3 24 448 4
Standard_NC4as_T4_v3 4 28 1, Standard_NC8as_T4_v3 8 56 1, Standard_NC16as_T4_v3 16 110 1
Standard_NC64as_T4_v3 64 440 4
Standard_NC24ads_A100_v4 24 220 1, Standard_NC48ads_A100_v4 48 440 2, Standard_NC96ads_A100_v4 96 880 4
Standard_ND6s 6 112 1,     Standard_ND12s 12 224 2,   Standard_ND24s 24 448 4,   Standard_ND24rs 24 448 4
Standard_ND40rs_v2 40 672 8, Standard_ND96asr_v4 96 900 8, Standard_ND96amsr_A100_v4 96 1900 8
Standard_ND96isr_H100_v5 96 1900 8
Standard_NV6 6 56 1,       Standard_NV12 12 112 2,    Standard_NV24 24 224 4
Standard_NV12s_v3 12 112 1, Standard_NV24s_v3 24 224 2, Standard_NV48s_v3 48 448 4
Standard_NV4as_v4 4 14 1,  Standard_NV8as_v4 8 28 1,  Standard_NV16as_v4 16 56 1, Standard_NV32as_v4 32 112 1
"""

#: Series whose memory is in proportion to the cores: name with `{}` for the cores, the cores offered, GiB for each.
_PROPORTIONAL: tuple[tuple[str, tuple[int, ...], float], ...] = (
    ("Standard_D{}_v3", (2, 4, 8, 16, 32, 48, 64), 4),
    ("Standard_D{}s_v3", (2, 4, 8, 16, 32, 48, 64), 4),
    ("Standard_D{}_v4", (2, 4, 8, 16, 32, 48, 64), 4),
    ("Standard_D{}s_v4", (2, 4, 8, 16, 32, 48, 64), 4),
    ("Standard_D{}d_v4", (2, 4, 8, 16, 32, 48, 64), 4),
    ("Standard_D{}ds_v4", (2, 4, 8, 16, 32, 48, 64), 4),
    ("Standard_D{}a_v4", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_D{}as_v4", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_D{}_v5", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_D{}s_v5", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_D{}d_v5", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_D{}ds_v5", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_D{}as_v5", (2, 4, 8, 16, 32, 48, 64, 96), 4),
    ("Standard_E{}_v3", (2, 4, 8, 16, 20, 32, 48), 8),
    ("Standard_E{}s_v3", (2, 4, 8, 16, 20, 32, 48), 8),
    ("Standard_E{}_v4", (2, 4, 8, 16, 20, 32, 48), 8),
    ("Standard_E{}s_v4", (2, 4, 8, 16, 20, 32, 48), 8),
    ("Standard_E{}ds_v4", (2, 4, 8, 16, 20, 32, 48), 8),
    ("Standard_E{}as_v4", (2, 4, 8, 16, 20, 32, 48, 64), 8),
    ("Standard_E{}_v5", (2, 4, 8, 16, 20, 32, 48, 64), 8),
    ("Standard_E{}s_v5", (2, 4, 8, 16, 20, 32, 48, 64), 8),
    ("Standard_E{}ds_v5", (2, 4, 8, 16, 20, 32, 48, 64), 8),
)
#: Sizes outside the proportion of their series.
_EXCEPTIONS = (
    "Standard_E64_v3 64 432 0, Standard_E64s_v3 64 432 0, Standard_E64_v4 64 504 0, Standard_E64s_v4 64 504 0"
)


def size(name: str) -> VmSize | None:
    """Return the size of that name, whatever its case ("STANDARD_NC6"); None if it is not in the table."""
    return SIZES.get(name.strip().lower())


def _listed(text: str) -> Iterator[VmSize]:
    for entry in re.split(r"[,\n]", text):
        if entry.strip():
            name, cores, memory, gpus = entry.split()
            yield VmSize(name, int(cores), float(memory), int(gpus))


def _proportional() -> Iterator[VmSize]:
    for pattern, offered, memory in _PROPORTIONAL:
        for cores in offered:
            yield VmSize(pattern.format(cores), cores, cores * memory)


#: All sizes by their name in lower case.
SIZES: Mapping[str, VmSize] = {
    found.name.lower(): found for found in (*_listed(_TABLE), *_proportional(), *_listed(_EXCEPTIONS))
}
