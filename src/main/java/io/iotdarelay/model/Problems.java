package io.iotdarelay.model;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one model file. */
final class Problems {

    private static final int MOST = 20;

    private final List<String> problems = new ArrayList<>();
    private int more;

    /** Something is wrong at a JSON Pointer. */
    void add(String path, String message) {
        if (problems.size() < MOST) {
            problems.add(path.isEmpty() ? message : path + ": " + message);
        } else {
            more++;
        }
    }

    /** Notes a problem unless the condition holds. Returns whether it does. */
    boolean require(boolean holds, String path, String message) {
        if (!holds) {
            add(path, message);
        }
        return holds;
    }

    List<String> all() {
        List<String> all = new ArrayList<>(problems);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return all;
    }
}
