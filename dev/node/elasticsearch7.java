// SPDX-License-Identifier: BSD-2-Clause

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.reindex.ReindexPlugin;
import org.elasticsearch.transport.Netty4Plugin;

/** One node of Elasticsearch 7, its settings given as KEY=VALUE. */
public class Launcher extends Node {

    private Launcher(Settings settings) {
        super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(),
                  null, () -> "node"),
              List.of(Netty4Plugin.class, ReindexPlugin.class), true);
    }

    public static void main(String[] args) {
        Settings.Builder builder = Settings.builder();

        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            builder.put(pair[0], pair[1]);
        }

        Settings settings = builder.build();
        LogConfigurator.configureWithoutConfig(settings);

        try {
            Node node = new Launcher(settings);
            CountDownLatch stopped = new CountDownLatch(1);

            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    node.close();
                } catch (Exception e) {
                    e.printStackTrace();
                }
                stopped.countDown();
            }));

            node.start();
            stopped.await();

        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
