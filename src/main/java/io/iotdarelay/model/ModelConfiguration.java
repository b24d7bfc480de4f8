package io.iotdarelay.model;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the models, and the thread that keeps them up to date. */
@Configuration(proxyBeanMethods = false)
public class ModelConfiguration {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    @Bean
    ModelKeeper modelKeeper(LoadedModels models) {
        return new ModelKeeper(models);
    }

    @Bean(destroyMethod = "close")
    Watch modelWatch(ModelKeeper keeper) {
        return new Watch(keeper);
    }

    /** Owns the thread; without models there is none. */
    static final class Watch implements AutoCloseable {

        private final Runnable stop;

        Watch(ModelKeeper keeper) {
            if (!keeper.get().areAny()) {
                stop = () -> {};
                return;
            }
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("relay-models").daemon().factory());
            Future<?> unused = thread.scheduleWithFixedDelay(
                    keeper::refresh, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            stop = thread::shutdownNow;
        }

        @Override
        public void close() {
            stop.run();
        }
    }
}
