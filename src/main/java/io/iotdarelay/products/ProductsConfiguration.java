package io.iotdarelay.products;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.model.ModelThread;
import io.iotdarelay.model.ProductStatus;
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
            for (ProductStatus.State state : ProductStatus.State.values()) {
                gauges.show(
                        RelayMeter.MODEL_PRODUCTS,
                        RelayMeter.Label.STATE,
                        state.code(),
                        () -> count(models, products, state));
            }
            thread.everySecond(fetch::tick);
        }
        return fetch;
    }

    private static long count(ModelKeeper models, List<String> products, ProductStatus.State state) {
        return models.products().stream()
                .filter(product -> product.state() == state && products.contains(product.product()))
                .count();
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
