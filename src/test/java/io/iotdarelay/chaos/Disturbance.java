package io.iotdarelay.chaos;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What can happen. What is further up ends later where two things happen at once, so a transaction ends when the broker is back. Each
 * begins, lasts a few seconds, and ends; some may make the relay
 * repeat what it cannot know.
 */
enum Disturbance {
    KILL(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.kill(world.victim());
            return world::startRelay;
        }

        @Override
        boolean isPossible(World world) {
            return world.hasVictim();
        }
    },
    TERMINATE(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.terminate(world.victim());
            return world::startRelay;
        }

        @Override
        boolean isPossible(World world) {
            return world.hasVictim();
        }
    },
    SCALE(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            int now = world.running().size();
            world.scaleTo((now + dice.nextInt(World.MOST_RELAYS - 1)) % World.MOST_RELAYS + 1);
            return () -> {};
        }
    },
    OPEN_TRANSACTION(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.traffic().openTransaction();
            boolean commits = dice.nextBoolean();
            return () -> world.traffic().endTransaction(commits);
        }
    },
    RETENTION_GAP(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.traffic().loseRecords();
            return () -> {};
        }
    },
    COMPRESSED_BOMB(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.traffic().bomb(anyDevice(world, dice));
            return () -> {};
        }
    },
    FLOODING_REJECTED_DEVICE(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            String device = anyDevice(world, dice);
            world.simulator().freeze(device);
            world.traffic().flood(device);
            return () -> world.simulator().unfreeze(device);
        }
    },
    BROKER_RESTART(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.kafka().stop();
            return world.kafka()::restart;
        }
    },
    KAFKA_SLOW(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.network().delay(Duration.ofMillis(20 + dice.nextInt(180)));
            return world.network()::restore;
        }
    },
    KAFKA_RESETS(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.network().reset();
            return world.network()::reset;
        }
    },
    KAFKA_SWALLOWED(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.network().swallow();
            return world.network()::restore;
        }
    },
    KAFKA_REFUSED(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.network().refuse();
            return world.network()::restore;
        }
    },
    IOTDA_REFUSED(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.simulator().refuseConnections();
            return world.simulator()::acceptConnections;
        }
    },
    IOTDA_SILENT(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return inject(world, new Fault.Silence());
        }
    },
    IOTDA_SLOW(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return inject(world, new Fault.Delay(Duration.ofMillis(100), Duration.ofMillis(900)));
        }
    },
    IOTDA_503(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return inject(world, new Fault.Answer(Reply.html(503)));
        }
    },
    IOTDA_THROTTLES(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return inject(world, new Fault.Throttle(20 + dice.nextInt(100), dice.nextBoolean()));
        }
    },
    IOTDA_RESETS_AFTER_PROCESSING(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            Faults.Injection some = world.simulator()
                    .faults()
                    .inject(call -> call.device().hashCode() % 4 == 0, new Fault.ResetAfterProcessing());
            return some::close;
        }
    },
    DEVICE_NOT_FOUND(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            String device = anyDevice(world, dice);
            return world.simulator()
                    .faults()
                    .inject(Faults.device(device).and(Faults.reports()), new Fault.Answer(Reply.html(404)))::close;
        }
    },
    A_DOZEN_DEVICES_FAIL(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return injectSome(world, new Fault.Answer(Reply.html(503)));
        }
    },
    A_DOZEN_DEVICES_SILENT(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return injectSome(world, new Fault.Silence());
        }
    },
    MAINTENANCE_PAGE(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            return inject(world, new Fault.Answer(Reply.html(200)));
        }
    },
    CONNECTIONS_CLOSED(true) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.simulator().dropConnections();
            return world.simulator()::dropConnections;
        }
    },
    TERMINATED_WHILE_THROTTLED(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            Runnable end = inject(world, new Fault.Throttle(20 + dice.nextInt(100), dice.nextBoolean()));
            world.terminate(world.victim());
            return () -> {
                end.run();
                world.startRelay();
            };
        }

        @Override
        boolean isPossible(World world) {
            return world.hasVictim();
        }
    },
    TOKENS_REVOKED(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.simulator().revokeAllTokens();
            return world.simulator()::revokeAllTokens;
        }
    },
    DEVICE_FROZEN(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            String device = anyDevice(world, dice);
            world.simulator().freeze(device);
            return () -> world.simulator().unfreeze(device);
        }
    },
    DIRECTORY_RELOADED(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.reloadDirectory();
            return world::reloadDirectory;
        }
    },
    PARTITION_ADDED(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            world.traffic().addPartition();
            world.reloadDirectory();
            return () -> {};
        }
    },
    CLOCK_JUMPS(false) {
        @Override
        Runnable begin(World world, RandomGenerator dice) {
            long farthest = Duration.ofDays(400).toMillis();
            RelayProcess jumper =
                    world.running().get(dice.nextInt(world.running().size()));
            jumper.tell("clock " + dice.nextLong(-farthest, farthest));
            return () -> {
                if (jumper.isAlive()) {
                    jumper.tell("clock 0");
                }
            };
        }
    };

    private final boolean mayRepeat;

    Disturbance(boolean mayRepeat) {
        this.mayRepeat = mayRepeat;
    }

    /** Whether it may leave a relay without knowing what became of a request or a commit, so that it has to repeat it. */
    boolean mayRepeat() {
        return mayRepeat;
    }

    /** Begins it, and returns how to end it. */
    abstract Runnable begin(World world, RandomGenerator dice);

    boolean isPossible(World world) {
        return true;
    }

    private static String anyDevice(World world, RandomGenerator dice) {
        return world.traffic()
                .devices()
                .get(dice.nextInt(world.traffic().devices().size()));
    }

    /** One device in sixteen. */
    private static Runnable injectSome(World world, Fault fault) {
        return world.simulator().faults().inject(call -> call.device().hashCode() % 16 == 0, fault)::close;
    }

    private static Runnable inject(World world, Fault fault) {
        return world.simulator().faults().inject(fault)::close;
    }
}
