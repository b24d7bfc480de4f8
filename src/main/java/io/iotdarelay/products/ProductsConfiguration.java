package io.iotdarelay.products;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.model.ModelThread;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.SteadyClock;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Wires the fetching of models, where there is an application side. */
@Configuration(proxyBeanMethods = false)
@Conditional(AppsideConfiguration.IsConfigured.class)
public class ProductsConfiguration {

    @Bean
    ModelFetch modelFetch(
            ApplicationSide side, ModelKeeper models, ModelThread thread, RelayGauges gauges, SteadyClock time) {
        List<String> products = models.get().ofPlatform();
        ModelFetch fetch =
                new ModelFetch(side, keeper(models), products, models.get().refreshInterval(), thread, time);
        if (!products.isEmpty()) {
            new ProductGauges(models::ofPlatform, time).showIn(gauges);
            thread.everySecond(fetch::tick);
        }
        return fetch;
    }

    private static ModelFetch.Keeper keeper(ModelKeeper models) {
        return new ModelFetch.Keeper() {
            @Override
            public void fetched(String product, Json model) {
                models.fetched(product, model);
            }

            @Override
            public void refused(String product, String why) {
                models.refused(product, why);
            }

            @Override
            public void away(String product, String why) {
                models.away(product, why);
            }
        };
    }
}
