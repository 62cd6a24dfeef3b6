// Where a person can be. Pages are loaded when they are visited.

import type { ComponentType } from 'react';
import { createBrowserRouter, Navigate } from 'react-router';
import type { RouteObject } from 'react-router';

import { BASE } from './base';
import { Broken } from './shell/broken';
import { Frame } from './shell/frame';

function page(load: () => Promise<{ default: ComponentType }>): Pick<RouteObject, 'lazy'> {
  return { lazy: async () => ({ Component: (await load()).default }) };
}

export const routes: RouteObject[] = [
  {
    path: '/',
    element: <Frame />,
    errorElement: <Broken />,
    hydrateFallbackElement: <></>,
    children: [
      { index: true, element: <Navigate to="/distributions" replace /> },
      { path: 'distributions', ...page(() => import('./pages/distributions/list')) },
      { path: 'distributions/create', ...page(() => import('./pages/distributions/create')) },
      { path: 'distributions/:id', element: <Navigate to="general" replace /> },
      { path: 'distributions/:id/:tab', ...page(() => import('./pages/distribution')) },
      { path: 'distributions/:id/general/edit', ...page(() => import('./pages/distribution/general-form')) },
      { path: 'distributions/:id/origins/create', ...page(() => import('./pages/origins/form')) },
      { path: 'distributions/:id/origins/:originId/edit', ...page(() => import('./pages/origins/form')) },
      { path: 'distributions/:id/behaviors/create', ...page(() => import('./pages/behaviors/form')) },
      { path: 'distributions/:id/behaviors/:pattern/edit', ...page(() => import('./pages/behaviors/form')) },
      { path: 'distributions/:id/error-pages/create', ...page(() => import('./pages/error-pages/form')) },
      { path: 'distributions/:id/error-pages/:code/edit', ...page(() => import('./pages/error-pages/form')) },
      { path: 'distributions/:id/error-pages/try', ...page(() => import('./pages/try')) },
      { path: 'distributions/:id/invalidations/create', ...page(() => import('./pages/invalidations/form')) },
      { path: 'distributions/:id/tags/edit', ...page(() => import('./pages/tags/form')) },
      { path: '*', ...page(() => import('./pages/not-found')) },
    ],
  },
];

export const router = createBrowserRouter(routes, { basename: BASE });
