# What the batch scripts of this folder share: finds the program, starts it, requeues the job. Sourced inside of a job.
# shellcheck shell=bash

# What a site changes stands here, and in the #SBATCH lines of the scripts.
mpi=                                 # one of srun --mpi=list; empty: what the MPI of dropsweep knows
#module load openmpi                 # what dropsweep was built with
#export UCX_NET_DEVICES=mlx5_0:1     # what the MPI needs on this network

say() { echo "dropsweep: $1" >&2; }

die() { # STATUS MESSAGE
    say "error: $2"
    exit "$1"
}

# The job id for Slurm's commands; for a task ARRAY_TASK, because the plain id of the last task means the whole array.
job=$SLURM_JOB_ID
[[ ! ${SLURM_ARRAY_TASK_ID:-} ]] || job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID

find_program() {
    local folder built
    folder=$(dirname "${BASH_SOURCE[0]}")
    built=$(dirname "$folder")/build/release/dropsweep
    if [[ ${DROPSWEEP:-} ]]; then
        type -P "$DROPSWEEP" || die 2 "DROPSWEEP=$DROPSWEEP is not a program; name the one to run"
    else
        type -P dropsweep || type -P "$built" || type -P "$folder/../../../bin/dropsweep" ||
            die 2 "no program dropsweep in PATH, and no $built; build it, or set DROPSWEEP"
    fi
}

# The value of --output among options of dropsweep; nothing if it is not there.
given_output() { # OPTION...
    while (($#)); do
        case $1 in
        --output) echo "${2:-}" ;;
        --output=*) echo "${1#*=}" ;;
        esac
        shift
    done
}

# Exports SLURM_JOB_END_TIME, which Slurm 22.05 does not set.
tell_end_time() {
    local end
    [[ ${SLURM_JOB_END_TIME:-} ]] && return
    end=$(squeue -h -j "$job" -o %e) || return 0
    [[ $end != *T* ]] || SLURM_JOB_END_TIME=$(date -d "$end" +%s) # otherwise N/A or the like
    export SLURM_JOB_END_TIME
}

# A checksum of checkpoints and tables: it has changed when a start has saved something new.
saved_state() { # RUN_DIRECTORY
    { find "$1/checkpoints" "$1/history.csv" "$1/summary.csv" -type f -exec cksum {} + 2>/dev/null || true; } |
        sort | cksum
}

# Runs dropsweep on all CPUs of the job and ends the script with its exit code. When it was interrupted (75), the job
# goes back to the queue, to be continued in the same run directory, provided that this start has saved something new.
launch() { # COMMAND RUN_DIRECTORY OPTION...
    local command=$1 run program before status=0
    run=$(given_output "${@:3}")
    if [[ $run ]]; then
        shift 2
    else
        run=$2
        shift
        set -- --output "$@"
    fi
    program=$(find_program)
    if [[ ! $mpi ]]; then
        case $(ldd "$program" 2>/dev/null) in
        *libmpich*) mpi=pmi2 ;;
        *) mpi=pmix ;;
        esac
    fi
    tell_end_time
    before=$(saved_state "$run")

    # srun takes neither the binding nor the CPUs per task from the job. When a rank has ended, srun kills the others
    # after 5 s; not at once, because after an orderly stop too the ranks end one after the other, and ranks that srun
    # kills would hide the exit code.
    srun --quiet --mpi="$mpi" --cpus-per-task=1 --cpu-bind=cores --kill-on-bad-exit=0 --wait=5 \
        "$program" "$command" "$@" || status=$?

    ((status == 75)) || exit "$status"
    # In another state the job is being cancelled or preempted, and Slurm has decided whether it is requeued.
    [[ $(squeue -h -j "$job" -o %T) == @(RUNNING|SIGNALING) ]] || exit 75
    [[ $(saved_state "$run") != "$before" ]] ||
        die 75 "interrupted before there was a new checkpoint, so job $job is not requeued; give it more --time"
    say "job $job goes back to the queue; its next start goes on in $run"
    scontrol requeue "$job" || die 75 "job $job cannot be requeued; submit it again with --output $run"
    exit 75
}
