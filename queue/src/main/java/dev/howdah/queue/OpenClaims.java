package dev.howdah.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The claims that this process has made, so that the row of one can be deleted with the end of its last task. One that is
 * forgotten here, because its tasks were ended elsewhere, goes when its lease runs out. Thread-safe.
 */
final class OpenClaims {
    private final Map<Claim.Token, UUID> claimOfTask = new HashMap<>();
    private final Map<UUID, Set<Claim.Token>> tasksOfClaim = new HashMap<>();

    synchronized void add(UUID claim, List<ClaimedTask> tasks) {
        var tokens = HashSet.<Claim.Token>newHashSet(tasks.size());
        for (var task : tasks) {
            var token = token(task);
            tokens.add(token);
            claimOfTask.put(token, claim);
        }
        tasksOfClaim.put(claim, tokens);
    }

    /** The claims that have no task left once these have ended. */
    synchronized List<UUID> without(Collection<? extends Claim> ended) {
        var left = new HashMap<UUID, Set<Claim.Token>>();
        for (var task : ended) {
            var claim = claimOfTask.get(token(task));
            if (claim != null) {
                left.computeIfAbsent(claim, key -> new HashSet<>()).add(token(task));
            }
        }
        var over = new ArrayList<UUID>();
        left.forEach((claim, tasks) -> {
            if (tasksOfClaim.getOrDefault(claim, Set.of()).size() == tasks.size()) {
                over.add(claim);
            }
        });
        return over;
    }

    synchronized void remove(Collection<? extends Claim> ended) {
        for (var task : ended) {
            var claim = claimOfTask.remove(token(task));
            if (claim != null) {
                dropTask(claim, token(task));
            }
        }
    }

    /** With the attempt: a late result must not end the claim of the attempt after it. */
    private static Claim.Token token(Claim claim) {
        return new Claim.Token(claim.id(), claim.attempt());
    }

    private void dropTask(UUID claim, Claim.Token task) {
        var tasks = tasksOfClaim.get(claim);
        if (tasks != null) {
            tasks.remove(task);
            if (tasks.isEmpty()) {
                tasksOfClaim.remove(claim);
            }
        }
    }
}
