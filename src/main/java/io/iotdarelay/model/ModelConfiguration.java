package io.iotdarelay.model;

import io.iotdarelay.settings.EverySecond;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the models, and the thread that keeps them up to date. */
@Configuration(proxyBeanMethods = false)
public class ModelConfiguration {

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

        private final Optional<EverySecond> thread;

        Watch(ModelKeeper keeper) {
            thread = keeper.get().areAny()
                    ? Optional.of(new EverySecond("relay-models", keeper::refresh))
                    : Optional.empty();
        }

        @Override
        public void close() {
            thread.ifPresent(EverySecond::close);
        }
    }
}
