package io.iotdarelay.model;

import io.iotdarelay.telemetry.SteadyClock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the models, and the thread that keeps them up to date. */
@Configuration(proxyBeanMethods = false)
public class ModelConfiguration {

    @Bean
    ModelKeeper modelKeeper(LoadedModels models, SteadyClock time) {
        return new ModelKeeper(models, time);
    }

    @Bean(destroyMethod = "close")
    ModelThread modelThread(ModelKeeper keeper) {
        return new ModelThread(keeper);
    }
}
