package io.iotdarelay.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A poll thread that takes letters and sends none of them, and does tasks only if it shall. */
public final class SettlementsOfTests {

    private final Settlements settlements = new Settlements(Clock.systemUTC());
    private final List<Redrives.Order> letters = new CopyOnWriteArrayList<>();
    private final List<Settlement.Task> tasks = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().daemon().start(this::work);
    private volatile boolean runs;
    private volatile boolean ends;
    private volatile long longest;
    private final AtomicLong busy = new AtomicLong();
    private volatile long first;
    private volatile long last;

    public Settlements settlements() {
        return settlements;
    }

    public List<Redrives.Order> letters() {
        return letters;
    }

    /** How many it was to do. */
    public int tasks() {
        return tasks.size();
    }

    public void runTasks() {
        runs = true;
    }

    /** How long one took at most, in milliseconds. */
    public long longest() {
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    /** Which part of the time went to tasks. */
    public double share() {
        return (double) busy.get() / (last - first);
    }

    public void end() {
        ends = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        settlements.end();
        tasks.forEach(task -> task.refused().run());
        letters.forEach(letter -> letter.ended().accept(new Redrives.End.NotOurs()));
    }

    private void work() {
        while (!ends) {
            for (Settlement settlement : settlements.take(Duration.ofMillis(10))) {
                if (settlement instanceof Settlement.Again again) {
                    letters.add(again.order());
                } else if (settlement instanceof Settlement.Task task) {
                    tasks.add(task);
                    if (runs) {
                        run(task);
                    }
                }
            }
        }
    }

    private void run(Settlement.Task task) {
        long begin = System.nanoTime();
        first = first == 0 ? begin : first;
        task.what().run();
        last = System.nanoTime();
        longest = Math.max(longest, last - begin);
        long unused = busy.addAndGet(last - begin);
    }
}
